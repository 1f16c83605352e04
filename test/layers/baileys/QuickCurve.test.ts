// First, as in the gateway: what the library has seen of libsignal stays as it was then.
import "../../../layers/baileys/Vendor.ts"
import { describe, expect, it, vi } from "@effect/vitest"
import { Curve } from "@whiskeysockets/baileys"
import { FastCheck as fc } from "effect"
import crypto, { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto"
import { createRequire } from "node:module"
import {
  quickKeyPair,
  quickSignatures,
  type Signatures,
} from "../../../layers/baileys/QuickCurve.ts"

const require = createRequire(import.meta.url)
const fromLibsignal = createRequire(require.resolve("libsignal/src/curve.js"))

/** A copy that nobody has taught anything: the module anew, and not the one that libsignal holds. */
const plain = (() => {
  const path = fromLibsignal.resolve("curve25519-js")
  const { [path]: used } = fromLibsignal.cache
  delete fromLibsignal.cache[path]
  const copy = fromLibsignal(path) as Signatures
  fromLibsignal.cache[path] = used
  return copy
})()

const curve = require("libsignal/src/curve.js") as {
  generateKeyPair(): { readonly pubKey: Buffer; readonly privKey: Buffer }
  calculateSignature(privateKey: Uint8Array, message: Uint8Array): Buffer
  verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

const keyPair = () => {
  const { privKey, pubKey } = curve.generateKeyPair()
  return { privateKey: privKey, publicKey: pubKey.subarray(1) }
}

const messages = fc.uint8Array({ minLength: 1, maxLength: 300 })

describe("QuickSignatures", () => {
  it("are what libsignal signs and verifies with", () => {
    expect(fromLibsignal("curve25519-js")).toMatchObject(quickSignatures)
    expect(plain.verify).not.toBe(quickSignatures.verify)
    const { privKey, pubKey } = curve.generateKeyPair()
    const message = Buffer.from("hello")
    const signature = curve.calculateSignature(privKey, message)
    expect(curve.verifySignature(pubKey, message, signature)).toBe(true)
    expect(curve.verifySignature(pubKey, Buffer.from("hallo"), signature)).toBe(false)
  })

  it("accept what plain JavaScript signs, and the other way round", () => {
    const property = fc.property(messages, (message) => {
      const { privateKey, publicKey } = keyPair()
      const quick = quickSignatures.sign(privateKey, message)
      const slow = plain.sign(privateKey, message)
      expect(plain.verify(publicKey, message, quick)).toBe(true)
      expect(quickSignatures.verify(publicKey, message, slow)).toBe(true)
    })
    fc.assert(property, { numRuns: 50 })
  })

  it("refuse what was changed, wherever it was", () => {
    const { privateKey, publicKey } = keyPair()
    const message = Buffer.from("a message of some length, signed once")
    const signature = Buffer.from(quickSignatures.sign(privateKey, message))
    const flipped = (bytes: Buffer, bit: number) => {
      const copy = Buffer.from(bytes)
      copy[bit >> 3]! ^= 1 << (bit & 7)
      return copy
    }
    for (let bit = 0; bit < 512; bit += 1)
      expect(quickSignatures.verify(publicKey, message, flipped(signature, bit))).toBe(false)
    for (let bit = 0; bit < message.length * 8; bit += 1)
      expect(quickSignatures.verify(publicKey, flipped(message, bit), signature)).toBe(false)
    // The highest bit of a key means nothing, to either.
    for (let bit = 0; bit < 255; bit += 1)
      expect(quickSignatures.verify(flipped(publicKey, bit), message, signature)).toBe(false)
  })

  it("say no to what is no signature at all, and never throw", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
    const property = fc.property(
      bytes(32),
      messages,
      bytes(64),
      (publicKey, message, signature) => {
        expect(quickSignatures.verify(publicKey, message, signature)).toBe(false)
      },
    )
    fc.assert(property, { numRuns: 2_000 })
    const extremes = [0x00, 0x01, 0x7f, 0x80, 0xed, 0xff].map((byte) => Buffer.alloc(64, byte))
    for (const key of extremes)
      for (const signature of extremes)
        expect(quickSignatures.verify(key.subarray(32), Buffer.of(1), signature)).toBeTypeOf(
          "boolean",
        )
  })
})

/** Node's own keys, in the encoding that it takes them in. */
const asPrivate = (bytes: Uint8Array) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), bytes]),
    format: "der",
    type: "pkcs8",
  })
const asPublic = (bytes: Uint8Array) =>
  createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), bytes]),
    format: "der",
    type: "spki",
  })

describe("Quick key pairs", () => {
  it("are what libsignal and the library make", () => {
    expect(curve.generateKeyPair).toBe(quickKeyPair)
    const slow = vi.spyOn(crypto, "generateKeyPairSync")
    const made = Curve.generateKeyPair()
    expect(slow).not.toHaveBeenCalled()
    slow.mockRestore()
    const agreed = Curve.sharedKey(made.private, made.public)
    expect(agreed).toEqual(agreedByNode(made.private, made.public))
  })

  it("agree with each other as Node says they do", () => {
    for (let count = 0; count < 200; count += 1) {
      const [one, other] = [keyPair(), keyPair()]
      const agreed = agreedByNode(one.privateKey, other.publicKey)
      expect(agreedByNode(other.privateKey, one.publicKey)).toEqual(agreed)
      expect(agreed.equals(agreedByNode(one.privateKey, one.publicKey))).toBe(false)
    }
  })

  it("are never the same twice", () => {
    const made = Array.from({ length: 1_000 }, () => quickKeyPair().privKey.toString("hex"))
    expect(new Set(made).size).toBe(1_000)
  })
})

const agreedByNode = (privateKey: Uint8Array, publicKey: Uint8Array) =>
  diffieHellman({ privateKey: asPrivate(privateKey), publicKey: asPublic(publicKey) })
