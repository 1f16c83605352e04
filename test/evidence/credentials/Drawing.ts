import { Effect, Option, Redacted } from "effect"
import { mint, parse } from "../../../layers/ApiKeySecret.ts"
import type { Tally } from "../Tally.ts"
import { secretOf } from "./Canaries.ts"

const shape = /^wa_[0-7][0-9A-HJKMNP-TV-Z]{25}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/
const digits = 62

/** Draws keys and looks for what should not be: repetition, bias, another shape, a dead checksum. */
export const drawKeys = (count: number, tally: Tally) => {
  const seen = new Set<string>()
  const counts = Array.from({ length: 43 }, () => new Map<string, number>())
  for (let drawn = 0; drawn < count; drawn++) {
    const token = Redacted.value(Effect.runSync(mint).token)
    const secret = secretOf(token)
    if (!shape.test(token)) tally.failed("a key of another shape")
    if (drawn % 50 === 0 && !isChecked(token, drawn)) tally.failed("a checksum that checks nothing")
    // Half of a secret is 128 bits: two keys that share that much are as good as one.
    seen.add(secret.slice(0, 22)).add(secret.slice(21))
    for (const [at, digit] of [...secret].entries())
      counts[at]!.set(digit, (counts[at]!.get(digit) ?? 0) + 1)
  }
  if (seen.size !== 2 * count) tally.failed(`${2 * count - seen.size} halves repeat`)
  return entropyOf(counts, count, tally)
}

/** A key with one digit changed is refused unread. */
const isChecked = (token: string, at: number) => {
  const index = 3 + (at % 70)
  const other = token[index] === "7" ? "5" : "7"
  const changed = token.slice(0, index) + other + token.slice(index + 1)
  return Option.isSome(parse(token)) && Option.isNone(parse(changed))
}

/** Bits by the most frequent digit of each place: what the best guess is worth. */
const entropyOf = (
  counts: ReadonlyArray<ReadonlyMap<string, number>>,
  count: number,
  tally: Tally,
) => {
  const bits = counts.reduce((sum, of) => sum - Math.log2(Math.max(...of.values()) / count), 0)
  const worst = Math.max(...counts.map((of) => chiSquare(of, count)))
  if (bits < 128) tally.failed(`a secret has ${bits} bits`)
  // 61 degrees of freedom; of 43 places, one passes 140 once in ten thousand runs.
  if (worst > 140) tally.failed(`digits come unevenly: chi square ${worst}`)
  return { keys: count, entropyBits: Math.floor(bits), worstChiSquare: Math.round(worst) }
}

const chiSquare = (of: ReadonlyMap<string, number>, count: number) => {
  const expected = count / digits
  const missing = (digits - of.size) * expected
  return [...of.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, missing)
}
