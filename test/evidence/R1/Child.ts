import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { program } from "../../support/Program.ts"
import type { Breakage } from "./Breakage.ts"

export interface ChildOptions {
  readonly url: string
  readonly organization: string
  readonly sessions: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly breakage?: Breakage
  readonly replyTo?: ReadonlyArray<string>
  readonly logs?: "Error" | "Info" | "Debug"
}

interface Line {
  readonly qr?: string
  readonly session?: string
  readonly open?: string
}

/** A process that keeps sessions connected, until something kills it. */
export class Child {
  readonly #process: ChildProcess
  readonly #open = new Set<string>()
  readonly dead: Promise<unknown>
  /** How much it has written beside what it was asked to tell. */
  logLines = 0
  #onLine: () => void = () => {}

  constructor(options: ChildOptions, onQr: (session: string, code: string) => void = () => {}) {
    const { env, breakage = {}, replyTo = [], logs = "Error", ...rest } = options
    const keeper = program(import.meta.dirname, "keeper")
    const orders = JSON.stringify({ ...rest, breakage, replyTo, logs })
    this.#process = spawn(process.execPath, [...keeper, orders], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
      stdio: ["ignore", "pipe", "inherit"],
    })
    this.dead = once(this.#process, "exit")
    createInterface({ input: this.#process.stdout! }).on("line", (line) => {
      if (!line.startsWith("{")) {
        this.logLines += 1
        return
      }
      const { qr, session = "", open } = JSON.parse(line) as Line
      if (qr !== undefined) onQr(session, qr)
      if (open !== undefined) this.#open.add(open)
      this.#onLine()
    })
  }

  /** Resolves when every session is logged in, or the process is dead. */
  opened(sessions: ReadonlyArray<string>) {
    const all = new Promise<void>((resolve) => {
      this.#onLine = () => {
        if (sessions.every((one) => this.#open.has(one))) resolve()
      }
      this.#onLine()
    })
    return Promise.race([all, this.dead])
  }

  get pid(): number {
    return this.#process.pid!
  }

  get isDead() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  async kill() {
    this.#process.kill("SIGKILL")
    if (!this.isDead) await this.dead
  }
}
