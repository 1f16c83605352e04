import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface, type Interface } from "node:readline"
import { program } from "../../support/Program.ts"

/** One of the programs beside this file, in a process of its own: lines of JSON in and out. It ends with its input. */
export class Program {
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #ended: Promise<unknown>

  constructor(
    name: string,
    args: ReadonlyArray<string>,
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#child = spawn(process.execPath, [...program(import.meta.dirname, name), ...args], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
      stdio: ["pipe", "pipe", "inherit"],
    })
    this.#ended = once(this.#child, "exit")
    this.#lines = createInterface({ input: this.#child.stdout! })
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** The next line; rejects when the program ends before. */
  read<A>(): Promise<A> {
    const died = this.#ended.then(() => Promise.reject(new Error("a program of the run has ended")))
    return Promise.race([once(this.#lines, "line"), died]).then(
      ([line]) => JSON.parse(line as string) as A,
    )
  }

  ask<A>(question: unknown): Promise<A> {
    const answer = this.read<A>()
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`)
    return answer
  }

  async end(): Promise<void> {
    this.#child.stdin!.end()
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000)
    await this.#ended
    clearTimeout(late)
  }
}
