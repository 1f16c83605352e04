import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { createInterface, type Interface } from "node:readline"
import { program } from "../../support/Program.ts"

/** One of the programs beside this file, in a process of its own: lines in, lines out. */
export class Program {
  readonly #child: ChildProcess
  readonly #lines: Interface

  constructor(name: string, ...args: ReadonlyArray<string>) {
    this.#child = spawn(process.execPath, [...program(import.meta.dirname, name), ...args], {
      // A control may die of it, and says so at length.
      stdio: ["pipe", "pipe", "ignore"],
    })
    this.#lines = createInterface({ input: this.#child.stdout! })
  }

  async read(): Promise<string> {
    const [line] = (await once(this.#lines, "line")) as [string]
    return line
  }

  async ask(): Promise<string> {
    const answer = this.read()
    this.#child.stdin!.write("\n")
    return await answer
  }

  /** Forgets the most memory it ever held; what is counted starts now. */
  forgetPeak(): void {
    if (existsSync("/proc/self/clear_refs"))
      writeFileSync(`/proc/${this.#child.pid}/clear_refs`, "5")
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Memory in MB, now or at its peak; 0 where the system does not tell. */
  megabytes(kind: "VmRSS" | "VmHWM"): number {
    const file = `/proc/${this.#child.pid}/status`
    if (!existsSync(file)) return 0
    return Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(readFileSync(file, "utf8"))![1]) / 1024
  }

  async end(): Promise<void> {
    if (this.hasEnded) return
    const gone = once(this.#child, "exit")
    this.#child.stdin!.end()
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 15_000)
    await gone
    clearTimeout(late)
  }
}
