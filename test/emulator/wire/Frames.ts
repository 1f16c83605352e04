import { NOISE_WA_HEADER } from "@whiskeysockets/baileys"

const EDGE_ROUTING = "ED"

/** Cuts the byte stream of one connection into frames: an intro header once, then three-byte lengths. */
export class Frames {
  #buffer = Buffer.alloc(0)
  #introduced = false

  /** The frames completed by this chunk, in order. Throws when the intro is not WhatsApp's. */
  push(chunk: Buffer): Array<Buffer> {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    if (!this.#introduced && !this.#takeIntro()) return []
    const frames: Array<Buffer> = []
    for (let frame = this.#takeFrame(); frame !== undefined; frame = this.#takeFrame()) {
      frames.push(frame)
    }
    return frames
  }

  static encode(payload: Uint8Array): Buffer {
    const frame = Buffer.alloc(3 + payload.length)
    frame.writeUIntBE(payload.length, 0, 3)
    frame.set(payload, 3)
    return frame
  }

  /** A client that was given routing info puts it, length-prefixed, in front of the header. */
  #takeIntro(): boolean {
    if (this.#buffer.length < 4) return false
    const routed = this.#buffer.subarray(0, 2).toString() === EDGE_ROUTING
    if (routed && this.#buffer.length < 7) return false
    const start = routed ? 7 + this.#buffer.readUIntBE(4, 3) : 0
    const end = start + NOISE_WA_HEADER.length
    if (this.#buffer.length < end) return false
    if (!this.#buffer.subarray(start, end).equals(NOISE_WA_HEADER)) {
      throw new Error("intro header is not WhatsApp's")
    }
    this.#buffer = this.#buffer.subarray(end)
    return (this.#introduced = true)
  }

  #takeFrame(): Buffer | undefined {
    if (this.#buffer.length < 3) return undefined
    const end = 3 + this.#buffer.readUIntBE(0, 3)
    if (this.#buffer.length < end) return undefined
    const frame = this.#buffer.subarray(3, end)
    this.#buffer = this.#buffer.subarray(end)
    return frame
  }
}
