import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** At once, of everybody: beyond it each would wait for the others, and hold its body meanwhile. */
const most = 1000
/** At once on one connection: Node begins with what is sent ahead, and keeps the answers in memory. */
const mostPerConnection = 16

/** Requests whose answers are not sent yet. */
export class Inside {
  readonly #responses = new Set<ServerResponse>()
  readonly #connections = new Map<Socket, number>()

  get size(): number {
    return this.#responses.size
  }

  has(response: ServerResponse): boolean {
    return this.#responses.has(response)
  }

  /** False where there is no room. Who is let in leaves once the answer is sent, or its caller gone. */
  enter(response: ServerResponse): boolean {
    const { socket } = response.req
    const before = this.#connections.get(socket) ?? 0
    if (this.size >= most || before >= mostPerConnection) return false
    this.#responses.add(response)
    this.#connections.set(socket, before + 1)
    response.once("close", () => this.#leave(response, socket))
    return true
  }

  #leave(response: ServerResponse, socket: Socket) {
    this.#responses.delete(response)
    const left = this.#connections.get(socket)! - 1
    if (left === 0) this.#connections.delete(socket)
    else this.#connections.set(socket, left)
  }
}
