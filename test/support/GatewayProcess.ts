import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { program } from "./Program.ts"

export interface GatewayOptions {
  readonly env: Readonly<Record<string, string>>
  /** Sees everything the process writes. */
  readonly onOutput?: (text: string) => void
}

/** A gateway as operators run it: a process of its own, told by its environment. */
export class GatewayProcess {
  readonly url: string
  /** The first API key; only the first start on a folder tells it. */
  readonly firstKey: string | undefined
  readonly output: () => string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, output: () => string) {
    this.#child = child
    this.output = output
    this.url = /Listening on (\S+)/.exec(output())![1]!
    this.firstKey = /^ +(wa_\S+)$/m.exec(output())?.[1]
  }

  /** Resolves once it listens; rejects with what it said when it ends before. */
  static start({ env, onOutput }: GatewayOptions): Promise<GatewayProcess> {
    const main = program(import.meta.dirname, "../../src/main")
    const child = spawn(process.execPath, [...main, "start"], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    })
    let written = ""
    return new Promise((resolve, reject) => {
      const take = (chunk: string) => {
        written += chunk
        onOutput?.(chunk)
        if (isReady(written)) resolve(new GatewayProcess(child, () => written))
      }
      child.stdout.setEncoding("utf8").on("data", take)
      child.stderr.setEncoding("utf8").on("data", take)
      child.once("exit", (code) => reject(new Error(`the gateway ended (${code}):\n${written}`)))
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Resolves with the exit code once the process is gone. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return this.#child.exitCode
    const gone = once(this.#child, "exit")
    this.#child.kill(signal)
    await gone
    return this.#child.exitCode
  }
}

/** The first key, where there is one, is told right after the address. */
const isReady = (written: string) => /^Ready/m.test(written)
