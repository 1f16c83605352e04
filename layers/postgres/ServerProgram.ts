/** Runs one of PostgreSQL's programs to its end, as the server's user. */
import { Data, Effect } from "effect"
import { execFile } from "node:child_process"
import { asServerUser, serverEnvironment } from "./ServerUser.ts"

export class ProgramFailed extends Data.TaggedError("ProgramFailed")<{
  readonly code: string | number | undefined
  readonly output: string
}> {}

export const runProgram = (
  file: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd?: string } = {},
) =>
  Effect.async<string, ProgramFailed>((resume) => {
    const child = execFile(
      file,
      args,
      { cwd: "/", ...options, ...asServerUser(), env: serverEnvironment(), timeout: 60_000 },
      (error, out, errors) => {
        if (error === null) return resume(Effect.succeed(out))
        const output = (errors.trim() || out.trim() || error.message).slice(-800)
        resume(Effect.fail(new ProgramFailed({ code: error.code ?? undefined, output })))
      },
    )
    return Effect.sync(() => child.kill())
  })
