/** Programs of test/layers/fixtures, run as processes of their own. */
import { Effect, Redacted } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import * as path from "node:path"
import { createInterface } from "node:readline"

export interface Fixture {
  readonly process: ChildProcess
  /** What it said so far, line by line. */
  readonly lines: ReadonlyArray<string>
  /** The first line that begins so, said already or to come. */
  readonly says: (beginning: string) => Effect.Effect<string>
  /** Kills it as nothing can prevent, and returns once it is gone. */
  readonly kill: Effect.Effect<void>
}

export interface FixtureOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
}

type Argument = string | Redacted.Redacted

/** Runs a fixture to its end and returns the last line it said. */
export const runFixture = (name: string, args: ReadonlyArray<Argument>, options?: FixtureOptions) =>
  Effect.gen(function* () {
    const fixture = yield* startFixture(name, args, options)
    yield* Effect.promise(() => ended(fixture.process))
    return fixture.lines.at(-1) ?? "said nothing"
  })

export const startFixture = (
  name: string,
  args: ReadonlyArray<Argument>,
  options: FixtureOptions = {},
) =>
  Effect.acquireRelease(
    Effect.sync(() => launch(name, args, options)),
    ({ kill }) => kill,
  )

const launch = (name: string, args: ReadonlyArray<Argument>, options: FixtureOptions): Fixture => {
  const file = path.resolve(import.meta.dirname, "..", "layers", "fixtures", name)
  const words = args.map((arg) => (Redacted.isRedacted(arg) ? Redacted.value(arg) : arg))
  const child = spawn(process.execPath, ["--import", "tsx", file, ...words], {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines: Array<string> = []
  const output = createInterface({ input: child.stdout })
  output.on("line", (line) => lines.push(line))
  const says = (beginning: string) =>
    Effect.async<string>((resume) => {
      const look = () => {
        const found = lines.find((line) => line.startsWith(beginning))
        if (found !== undefined) resume(Effect.succeed(found))
      }
      look()
      output.on("line", look)
      return Effect.sync(() => output.off("line", look))
    })
  const kill = Effect.promise(() => {
    const gone = ended(child)
    child.kill("SIGKILL")
    return gone
  })
  return { process: child, lines, says, kill }
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once("close", () => resolve())
  })
