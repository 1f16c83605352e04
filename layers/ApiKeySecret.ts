/**
 * `wa_<key id>_<secret>_<checksum>`, the token of an API key.
 *
 * The key id finds the row, so nothing secret is ever looked up. The secret is 256 random bits in 43
 * base62 digits: guessing one is hopeless at any rate, and one HMAC is enough to store it. The pepper
 * lies outside the database, so a copy of the table can not even confirm a guess. The checksum lets
 * scanners, and us, tell a real token from a random or cut one without a look-up.
 */
import { Clock, Effect, Option, Redacted } from "effect"
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import { crc32 } from "node:zlib"
import { ApiKeyId } from "../src/domain/ApiKey.ts"
import { ulid } from "./Ulid.ts"

export interface ApiKeySecret {
  readonly keyId: ApiKeyId
  readonly secret: Redacted.Redacted
}

export interface MintedApiKey extends ApiKeySecret {
  /** What the owner is shown, once. */
  readonly token: Redacted.Redacted
}

/** Makes a new key; ids sort by the time they were made. */
export const mint: Effect.Effect<MintedApiKey> = Effect.map(Clock.currentTimeMillis, (now) => {
  const id = ulid(now)
  const secret = randomDigits(43)
  const unchecked = `wa_${id}_${secret}`
  return {
    keyId: ApiKeyId.make(`key_${id}`),
    secret: Redacted.make(secret),
    token: Redacted.make(`${unchecked}_${checksum(unchecked)}`),
  }
})

/** Absent when the token is malformed, cut or mistyped. Present says nothing about its validity. */
export const parse = (token: string): Option.Option<ApiKeySecret> => {
  const [, unchecked, id, secret, check] = shape.exec(token) ?? []
  if (unchecked === undefined || checksum(unchecked) !== check) return Option.none()
  return Option.some({
    keyId: ApiKeyId.make(`key_${id}`, { disableValidation: true }),
    secret: Redacted.make(secret ?? ""),
  })
}

/** What is stored in place of the secret. */
export const hash = (pepper: Redacted.Redacted<Uint8Array>, secret: Redacted.Redacted): Buffer =>
  createHmac("sha256", Redacted.value(pepper)).update(Redacted.value(secret)).digest()

/** Takes the same time wherever the difference is. */
export const matches = (
  stored: Uint8Array,
  pepper: Redacted.Redacted<Uint8Array>,
  secret: Redacted.Redacted,
): boolean => stored.length === 32 && timingSafeEqual(stored, hash(pepper, secret))

const shape = /^(wa_([0-7][0-9A-HJKMNP-TV-Z]{25})_([0-9A-Za-z]{43}))_([0-9A-Za-z]{6})$/

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const checksum = (text: string): string => {
  let rest = crc32(text)
  let written = ""
  while (written.length < 6) {
    written = digits.charAt(rest % 62) + written
    rest = Math.floor(rest / 62)
  }
  return written
}

// Bytes from 248 up are thrown away: with them the first eight digits would come more often.
const randomDigits = (length: number): string => {
  let written = ""
  while (written.length < length)
    for (const byte of randomBytes(length))
      if (byte < 248 && written.length < length) written += digits.charAt(byte % 62)
  return written
}
