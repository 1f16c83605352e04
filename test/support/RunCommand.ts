import { type ChildProcess, spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { program } from "./Program.ts"

export interface CommandOutcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Meets the process while it runs, to kill it for instance. */
  readonly meanwhile?: (child: ChildProcess) => void
}

/** Types a command as an operator would, in a process of its own, and waits for its end. */
export const runCommand = async (
  args: ReadonlyArray<string>,
  { env = {}, meanwhile }: CommandOptions = {},
): Promise<CommandOutcome> => {
  const main = program(import.meta.dirname, "../../src/main")
  const child = spawn(process.execPath, [...main, ...args], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  meanwhile?.(child)
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, err }
}
