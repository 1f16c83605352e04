import { once } from "node:events"
import { createServer, type RequestListener } from "node:http"
import type { Socket } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"

const PATH = "/ws/chat"

/** The loopback port that clients and the control API share. It can be closed and opened again. */
export class Listener {
  #http
  #sockets
  #port = 0

  constructor(onRequest: RequestListener, onSocket: (socket: WebSocket, line: Socket) => void) {
    this.#http = createServer(onRequest)
    this.#sockets = new WebSocketServer({ server: this.#http, path: PATH })
    this.#sockets.on("connection", (socket, request) => onSocket(socket, request.socket))
  }

  /** What goes into the client's `waWebSocketUrl`. */
  get url() {
    return `ws://127.0.0.1:${this.#port}${PATH}`
  }

  get controlUrl() {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Without a port: the one it had before, or any free one. */
  async open(port = this.#port) {
    this.#http.listen(port, "127.0.0.1")
    await once(this.#http, "listening")
    const address = this.#http.address()
    if (address !== null && typeof address === "object") this.#port = address.port
  }

  /** Ends every connection; new ones are refused. */
  async close() {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }
}
