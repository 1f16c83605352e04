import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { moduleFile } from "../../support/Program.ts"

/** The process of `program.ts`, and what it can be told. */
export class Neighbour {
  readonly url: string
  readonly #process: ChildProcess
  #orders = 0

  private constructor(child: ChildProcess, url: string) {
    this.#process = child
    this.url = url
  }

  static async start(): Promise<Neighbour> {
    const child = fork(moduleFile(import.meta.dirname, "program"))
    const [{ url }] = (await once(child, "message")) as [{ readonly url: string }]
    return new Neighbour(child, url)
  }

  /** Resolves when it is done. */
  async tell(verb: string, ...args: ReadonlyArray<unknown>): Promise<void> {
    const id = (this.#orders += 1)
    const done = new Promise<void>((resolve, reject) => {
      const onMessage = (answer: { readonly id: number }) => {
        if (answer.id !== id) return
        this.#process.off("message", onMessage)
        resolve()
      }
      this.#process.on("message", onMessage).once("exit", () => reject(new Error("it is gone")))
    })
    done.catch(() => {})
    this.#process.send({ id, verb, args })
    return done
  }

  async end() {
    const gone = once(this.#process, "exit")
    this.#process.kill("SIGKILL")
    await gone
  }
}
