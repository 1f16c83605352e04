import { NOISE_WA_HEADER } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import { Frames } from "./Frames.ts"

const [hello, world] = [Buffer.from("hello"), Buffer.from("world")]
const stream = Buffer.concat([NOISE_WA_HEADER, Frames.encode(hello), Frames.encode(world)])

describe("Frames", () => {
  it("come out whole, however the bytes were cut", () => {
    for (const size of [1, 2, 5, stream.length]) {
      const frames = new Frames()
      const out: Array<Buffer> = []
      for (let at = 0; at < stream.length; at += size) {
        out.push(...frames.push(stream.subarray(at, at + size)))
      }
      expect(out).toEqual([hello, world])
    }
  })

  it("come out behind routing info as well", () => {
    const routed = Buffer.concat([Buffer.from("ED"), Buffer.from([0, 1, 0, 0, 3, 9, 9, 9]), stream])
    const bytewise = [...routed].map((byte) => Buffer.from([byte]))
    const frames = new Frames()
    expect(bytewise.flatMap((byte) => frames.push(byte))).toEqual([hello, world])
  })

  it("refuse an intro that is not WhatsApp's", () => {
    expect(() => new Frames().push(Buffer.from("GET / HTTP/1.1"))).toThrow("intro header")
  })
})
