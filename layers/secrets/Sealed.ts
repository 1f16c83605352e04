/**
 * One sealed record: format byte · key version (4) · nonce (12) · tag (16) · ciphertext.
 *
 * Nonces are random. After 2^36 records under one key, four years at 500 a second, two of them are
 * equal with a probability below 2^-25.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto"

const format = 1
const nonceAt = 5
const tagAt = 17
const contentAt = 33
// Without it node:crypto opens records whose tag was cut to 4 bytes.
const options = { authTagLength: 16 } as const

/** What a record belongs to, with each part's length in front: no two lists give the same bytes. */
export const binding = (parts: ReadonlyArray<string | null>): Buffer =>
  Buffer.concat(parts.flatMap(lengthAndText))

const lengthAndText = (part: string | null) => {
  const text = Buffer.from(part ?? "")
  const length = Buffer.alloc(4)
  length.writeUInt32BE(part === null ? 0xffff_ffff : text.length)
  return [length, text]
}

export const seal = (
  key: KeyObject,
  keyVersion: number,
  bound: Uint8Array,
  content: Uint8Array,
): Uint8Array => {
  const head = Buffer.alloc(contentAt)
  head.writeUInt8(format)
  head.writeUInt32BE(keyVersion, 1)
  randomBytes(12).copy(head, nonceAt)
  const cipher = createCipheriv("aes-256-gcm", key, head.subarray(nonceAt, tagAt), options)
  cipher.setAAD(Buffer.concat([head.subarray(0, nonceAt), bound]))
  const sealed = Buffer.concat([head, cipher.update(content), cipher.final()])
  cipher.getAuthTag().copy(sealed, tagAt)
  return sealed
}

/** Undefined when anything at all differs: a bit, the length, the key, or what it is bound to. */
export const open = (
  keyOf: (keyVersion: number) => KeyObject | undefined,
  bound: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length < contentAt || bytes.readUInt8() !== format) return undefined
  const key = keyOf(bytes.readUInt32BE(1))
  return key === undefined ? undefined : decrypted(key, bound, bytes)
}

const decrypted = (key: KeyObject, bound: Uint8Array, bytes: Buffer): Uint8Array | undefined => {
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(nonceAt, tagAt), options)
  decipher.setAAD(Buffer.concat([bytes.subarray(0, nonceAt), bound]))
  decipher.setAuthTag(bytes.subarray(tagAt, contentAt))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(contentAt)), decipher.final()])
  } catch {
    return undefined
  }
}
