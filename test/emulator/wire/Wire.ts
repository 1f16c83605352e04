import { randomBytes } from "node:crypto"
import type { Socket } from "node:net"
import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from "@whiskeysockets/baileys"
import type { WebSocket } from "ws"
import type { Certificate } from "./Certificate.ts"
import { Frames } from "./Frames.ts"
import { type Cipher, type Introduction, Noise } from "./Noise.ts"

export type WireListener = {
  /** Once, when the handshake is done. */
  readonly introduced: (introduction: Introduction) => void | Promise<void>
  /** For every stanza in order; the next one waits until the promise settles. */
  readonly received: (node: BinaryNode) => void | Promise<void>
  readonly closed: () => void
}

type Transport = { readonly incoming: Cipher; readonly outgoing: Cipher }

/** One accepted WebSocket, from raw bytes to stanzas and back. A protocol violation ends it. */
export class Wire {
  #socket: WebSocket
  #line: Socket
  #listener: WireListener
  #noise: Noise
  #frames = new Frames()
  #answered = false
  #transport: Transport | undefined
  #work: Promise<void> = Promise.resolve()
  #frozen = false
  #babbling = false
  #closeOnThaw = false

  constructor(socket: WebSocket, line: Socket, certificate: Certificate, listener: WireListener) {
    this.#socket = socket
    this.#line = line
    this.#listener = listener
    this.#noise = new Noise(certificate)
    socket.on("message", (data: Buffer) => this.#enqueue(data))
    socket.on("close", () => listener.closed())
    socket.on("error", () => socket.terminate())
  }

  get isOpen() {
    return this.#transport !== undefined && this.#socket.readyState === this.#socket.OPEN
  }

  /** False when nothing was sent because the wire is closed or frozen. */
  send(node: BinaryNode): boolean {
    if (!this.#transport || !this.isOpen || this.#frozen || this.#babbling) return false
    this.#socket.send(Frames.encode(this.#transport.outgoing.seal(encodeBinaryNode(node))))
    return true
  }

  /** Sends a frame no key opens; the cipher does not advance, so only this frame is damaged. */
  sendGarbage() {
    if (this.isOpen && !this.#frozen) this.#socket.send(Frames.encode(randomBytes(64)))
  }

  /** Goes silent without closing: nothing is read, written or answered, not even a close frame. */
  freeze() {
    this.#frozen = true
    this.#socket.pause()
  }

  thaw() {
    this.#frozen = false
    this.#socket.resume()
    if (this.#closeOnThaw) this.#socket.close()
  }

  /** A frozen wire closes when it is thawed. */
  close() {
    if (this.#frozen) this.#closeOnThaw = true
    else this.#socket.close()
  }

  terminate() {
    this.#socket.terminate()
  }

  /** Ends the TCP connection by a reset, as a router that has forgotten it does. */
  reset() {
    this.#line.resetAndDestroy()
  }

  /** Sends fragments of one message without end; answers how many bytes were taken until the end of the line. */
  async babble(bytes: number): Promise<number> {
    this.#babbling = true
    const fragment = randomBytes(bytes)
    let taken = 0
    for (; this.isOpen; taken += bytes) {
      // A callback may come at once: whoever shares this process has a turn, too.
      await new Promise((resolve) =>
        this.#socket.send(fragment, { binary: true, fin: false }, () => setImmediate(resolve)),
      )
    }
    return taken
  }

  #enqueue(data: Buffer) {
    this.#work = this.#work.then(() => this.#feed(data)).catch(() => this.terminate())
  }

  async #feed(data: Buffer) {
    for (const frame of this.#frames.push(data)) await this.#handle(frame)
  }

  async #handle(frame: Buffer) {
    if (this.#transport) {
      return this.#listener.received(await decodeBinaryNode(this.#transport.incoming.open(frame)))
    }
    if (!this.#answered) {
      this.#answered = true
      return this.#socket.send(Frames.encode(this.#noise.answerHello(frame)))
    }
    const introduction = this.#noise.readFinish(frame)
    this.#transport = this.#noise.split()
    return this.#listener.introduced(introduction)
  }
}
