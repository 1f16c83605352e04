import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { program } from "../../support/Program.ts"
import { stallProbe } from "./Stall.ts"

/** A program of these tests, by its path among them, in a process of its own. */
export class Process {
  readonly #child: ChildProcess
  #output = ""

  constructor(name: string, ...args: ReadonlyArray<string>) {
    const script = program(import.meta.dirname, `../../${name}`)
    this.#child = spawn(process.execPath, [...script, ...args], {
      env: { ...process.env, NODE_OPTIONS: stallProbe },
      stdio: ["pipe", "pipe", "inherit"],
    })
    this.#child.stdout!.on("data", (text: Buffer) => (this.#output += text.toString()))
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** All that it has said. */
  readonly output = () => this.#output

  /** What it says that looks so, said already or to come. */
  async says(what: RegExp, patience = 60_000): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(5)) {
      const found = what.exec(this.#output)
      if (found !== null) return found
      if (this.#child.exitCode !== null) throw new Error(`the program ended: ${this.#output}`)
    }
    throw new Error(`the program never said ${what}: ${this.#output}`)
  }

  /** Answers the line that follows. */
  async ask(question: string): Promise<string> {
    this.#output = ""
    this.#child.stdin!.write(`${question}\n`)
    const [, answer] = await this.says(/^(\{.*\})$/m)
    return answer!
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, "exit")
    this.#child.kill("SIGTERM")
    await gone
  }
}
