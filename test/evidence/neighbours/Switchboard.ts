import { once } from "node:events"
import { connect, createServer, type Server } from "node:net"

/** Puts every new connection through to whichever emulator is chosen at that moment. */
export class Switchboard {
  #chosen: number
  readonly #server: Server

  private constructor(first: string) {
    this.#chosen = portOf(first)
    this.#server = createServer((caller) => {
      const callee = connect(this.#chosen, "127.0.0.1")
      caller.setNoDelay(true)
      callee.setNoDelay(true)
      caller.pipe(callee).pipe(caller)
      for (const end of [caller, callee])
        end.on("error", () => {}).once("close", () => (caller.destroy(), callee.destroy()))
    })
  }

  static async open(first: string): Promise<Switchboard> {
    const board = new Switchboard(first)
    board.#server.listen(0, "127.0.0.1")
    await once(board.#server, "listening")
    return board
  }

  choose(url: string) {
    this.#chosen = portOf(url)
  }

  get url() {
    const address = this.#server.address()
    return `ws://127.0.0.1:${address && typeof address === "object" ? address.port : 0}/ws/chat`
  }

  close() {
    this.#server.close()
  }
}

const portOf = (url: string) => Number(new URL(url).port)
