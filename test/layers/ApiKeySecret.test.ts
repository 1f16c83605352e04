import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Option, Redacted, Schema } from "effect"
import { inspect } from "node:util"
import { ApiKeyId } from "../../src/domain/ApiKey.ts"
import * as ApiKeySecret from "../../layers/ApiKeySecret.ts"

const pepper = Redacted.make(new Uint8Array(32).fill(7))
const minted = () => Effect.runSync(ApiKeySecret.mint)
const tokenOf = (key: ApiKeySecret.MintedApiKey) => Redacted.value(key.token)
const accepted = (token: string) => Option.isSome(ApiKeySecret.parse(token))

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

describe("ApiKeySecret.mint", () => {
  it("gives a token that parses back to its id and secret", () => {
    const key = minted()
    const parsed = Option.getOrThrow(ApiKeySecret.parse(tokenOf(key)))
    expect(parsed.keyId).toBe(key.keyId)
    expect(Redacted.value(parsed.secret)).toBe(Redacted.value(key.secret))
    expect(Schema.is(ApiKeyId)(key.keyId)).toBe(true)
    expect(tokenOf(key)).toHaveLength(80)
  })

  it("repeats neither id nor secret in 100,000 keys", () => {
    const seen = new Set<string>()
    for (let count = 0; count < 100_000; count++) {
      const key = minted()
      seen.add(key.keyId).add(Redacted.value(key.secret))
    }
    expect(seen.size).toBe(200_000)
  })

  it("uses every digit of the alphabet alike", () => {
    const counts = new Map<string, number>()
    for (let count = 0; count < 10_000; count++)
      for (const digit of Redacted.value(minted().secret))
        counts.set(digit, (counts.get(digit) ?? 0) + 1)
    const expected = (10_000 * 43) / 62
    const chiSquare = [...alphabet].reduce(
      (sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected,
      0,
    )
    // 61 degrees of freedom: 130 is passed once in a million runs.
    expect(chiSquare).toBeLessThan(130)
  })

  it("shows nothing secret when printed", () => {
    const key = minted()
    const printed = inspect(key, { depth: null }) + JSON.stringify(key)
    expect(printed).not.toContain(Redacted.value(key.secret))
  })
})

describe("ApiKeySecret.parse", () => {
  it("refuses a token with any one character replaced", () => {
    const token = tokenOf(minted())
    const replaced = [...token].flatMap((character, index) =>
      [...alphabet, "_", " ", "\n", "é"]
        .filter((other) => other !== character)
        .map((other) => token.slice(0, index) + other + token.slice(index + 1)),
    )
    expect(replaced.length).toBeGreaterThan(5000)
    expect(replaced.filter(accepted)).toEqual([])
  })

  it("refuses a token that was cut, repeated or wrapped", () => {
    const token = tokenOf(minted())
    const cut = [...token].map((_, index) => token.slice(0, index))
    const wrapped = [token + token, `${token}\n`, ` ${token}`, `Bearer ${token}`, `${token}=`]
    expect([...cut, ...wrapped].filter(accepted)).toEqual([])
  })

  it("refuses the id of one key with the secret of another", () => {
    const [left, right] = [tokenOf(minted()), tokenOf(minted())]
    expect(accepted(left.slice(0, 29) + right.slice(29))).toBe(false)
  })

  it.prop(
    "refuses whatever is no token",
    [FastCheck.fullUnicodeString()],
    ([text]) => !accepted(text),
  )

  it.prop(
    "refuses well-shaped tokens whose checksum is made up",
    [FastCheck.stringMatching(/^wa_[0-7][0-9A-HJKMNP-TV-Z]{25}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/)],
    ([text]) => !accepted(text),
  )

  it("knows a checksum that other software computed", () => {
    const unchecked = "wa_01J9ZX8K2QHV0M3T6R7P4N5W8C_0000000000000000000000000000000000000000000"
    expect(accepted(`${unchecked}_2ISfqn`)).toBe(true)
  })
})

describe("ApiKeySecret.matches", () => {
  it("holds for the same secret and pepper only", () => {
    const [key, other] = [minted(), minted()]
    const stored = ApiKeySecret.hash(pepper, key.secret)
    const otherPepper = Redacted.make(new Uint8Array(32).fill(8))
    expect(ApiKeySecret.matches(stored, pepper, key.secret)).toBe(true)
    expect(ApiKeySecret.matches(stored, pepper, other.secret)).toBe(false)
    expect(ApiKeySecret.matches(stored, otherPepper, key.secret)).toBe(false)
  })

  it("fails, and does not throw, for a stored hash of another length", () => {
    const { secret } = minted()
    expect(ApiKeySecret.matches(new Uint8Array(0), pepper, secret)).toBe(false)
    expect(ApiKeySecret.matches(new Uint8Array(64), pepper, secret)).toBe(false)
  })

  it("fails for every single bit that differs", () => {
    const { secret } = minted()
    const stored = ApiKeySecret.hash(pepper, secret)
    for (let bit = 0; bit < 256; bit++) {
      const altered = Uint8Array.from(stored)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      expect(ApiKeySecret.matches(altered, pepper, secret)).toBe(false)
    }
  })
})
