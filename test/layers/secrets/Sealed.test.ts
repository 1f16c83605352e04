import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto"
import * as Sealed from "../../../layers/secrets/Sealed.ts"

const key = createSecretKey(randomBytes(32))
const bound = Sealed.binding(["org", "session", "type", "id"])
const content = Buffer.from("a noise key, as it were")
const sealed = Sealed.seal(key, 7, bound, content)

const keyOf = (version: number) => (version === 7 ? key : undefined)
const opens = (bytes: Uint8Array) => Sealed.open(keyOf, bound, bytes) !== undefined

describe("Sealed", () => {
  it("opens what it sealed", () => {
    expect(Sealed.open(keyOf, bound, sealed)).toEqual(content)
    expect(Sealed.open(keyOf, bound, Sealed.seal(key, 7, bound, Buffer.alloc(0)))).toHaveLength(0)
  })

  it("takes 33 bytes more than the content, none of it plain", () => {
    expect(sealed).toHaveLength(content.length + 33)
    expect(Buffer.from(sealed).includes(content)).toBe(false)
  })

  it("opens with no bit flipped", () => {
    const flipped = Array.from({ length: sealed.length * 8 }, (_, bit) => {
      const altered = Uint8Array.from(sealed)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      return altered
    })
    expect(flipped).toHaveLength(448)
    expect(flipped.filter(opens)).toEqual([])
  })

  it("opens at no other length", () => {
    const cut = Array.from({ length: sealed.length }, (_, length) => sealed.subarray(0, length))
    expect([...cut, Buffer.concat([sealed, Buffer.alloc(1)])].filter(opens)).toEqual([])
  })

  it.each([4, 8, 12, 15])("opens with no tag cut to %i bytes", (length) => {
    const cut = Buffer.concat([sealed.subarray(0, 17 + length), sealed.subarray(33)])
    expect(opens(cut)).toBe(false)
  })

  it("needs the full tag for that: node:crypto alone opens with 4 bytes of it", () => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv("aes-256-gcm", key, nonce)
    const text = Buffer.concat([cipher.update(content), cipher.final()])
    const decipher = createDecipheriv("aes-256-gcm", key, nonce)
    decipher.setAuthTag(cipher.getAuthTag().subarray(0, 4))
    expect(Buffer.concat([decipher.update(text), decipher.final()])).toEqual(content)
  })

  it("opens with the key of its version only", () => {
    const other = createSecretKey(randomBytes(32))
    expect(Sealed.open(() => other, bound, sealed)).toBeUndefined()
    expect(Sealed.open(() => undefined, bound, sealed)).toBeUndefined()
    const older = Sealed.seal(key, 6, bound, content)
    older.set([0, 0, 0, 7], 1)
    expect(Sealed.open(() => key, bound, older)).toBeUndefined()
  })

  it("repeats no nonce in 100,000 records", () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 100_000; count++)
      nonces.add(
        Buffer.from(Sealed.seal(key, 7, bound, content))
          .subarray(5, 17)
          .toString("base64"),
      )
    expect(nonces.size).toBe(100_000)
  })
})

describe("Sealed.binding", () => {
  const parts = FastCheck.array(FastCheck.option(FastCheck.fullUnicodeString()), { maxLength: 5 })

  it.prop(
    "gives different bytes for different parts",
    [parts, parts],
    ([left, right]) =>
      Sealed.binding(left).equals(Sealed.binding(right)) ===
      (JSON.stringify(left) === JSON.stringify(right)),
  )

  it("keeps parts apart that read the same when joined", () => {
    const bindings = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["abc", null]]
    const distinct = new Set(bindings.map((parts) => Sealed.binding(parts).toString("hex")))
    expect(distinct.size).toBe(bindings.length)
  })
})
