import { Effect, Redacted } from "effect"
import { crc32 } from "node:zlib"
import { hash, matches, mint } from "../../../layers/ApiKeySecret.ts"
import type { Random } from "../Random.ts"
import { ask, bearer } from "./Asking.ts"
import { secretOf } from "./Canaries.ts"
import { type Times, welchT } from "./Welch.ts"

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** The token of that key with another secret, and a checksum that fits it. */
const withSecret = (token: string, secret: string): string => {
  const unchecked = `wa_${token.split("_")[1]}_${secret}`
  let [rest, written] = [crc32(unchecked), ""]
  for (; written.length < 6; rest = Math.floor(rest / 62)) written = digits[rest % 62] + written
  return `${unchecked}_${written}`
}

const minted = () => Redacted.value(Effect.runSync(mint).token)

/** Another digit in that place. */
const changedAt = (secret: string, at: number) =>
  secret.slice(0, at) + (secret[at] === "A" ? "B" : "A") + secret.slice(at + 1)

type Question = () => Promise<unknown> | unknown

/** From here on people stop believing in chance. */
export const certain = 4.5

/** What a machine does besides comes in bursts, and a leak stays: the lesser of two that look sure. */
const timed = async (...trial: Parameters<typeof timedOnce>) => {
  const first = await timedOnce(...trial)
  if (Math.abs(first) < certain) return first
  const again = await timedOnce(...trial)
  return Math.abs(again) < Math.abs(first) ? again : first
}

const timedOnce = async (
  rounds: number,
  random: Random,
  questions: readonly [Question, Question],
) => {
  const times: Times = [[], []]
  for (let round = 0; round < rounds; round++) {
    const kind = random.below(2) as 0 | 1
    const began = performance.now()
    await questions[kind]()
    times[kind].push(performance.now() - began)
  }
  return Math.round(welchT(times) * 100) / 100
}

/** Over HTTP: whether an answer's time tells that a key id exists, or how much of a secret is right. */
export const guessOverHttp = async (url: string, key: string, rounds: number, random: Random) => {
  const refused = async (token: string) => {
    const { status } = await ask(`${url}/api/v1/sessions`, { headers: bearer(token) })
    if (status !== 401) throw new Error(`a guess is answered ${status}`)
  }
  const secret = secretOf(key)
  return {
    httpKeyIdT: await timed(rounds, random, [
      () => refused(withSecret(key, secretOf(minted()))),
      () => refused(minted()),
    ]),
    httpSecretT: await timed(rounds, random, [
      () => refused(withSecret(key, changedAt(secret, 42))),
      () => refused(withSecret(key, changedAt(secret, 0))),
    ]),
  }
}

type Compare = (stored: string, sent: string) => boolean

const repeats = 200

/** In this process, where no noise hides it: a guess that is right but for its end, or from its start. */
const guessHere = (compare: Compare, rounds: number, random: Random) => {
  const secret = secretOf(minted())
  const [close, far] = [changedAt(secret, 42), changedAt(secret, 0)]
  const often = (sent: string) => () => {
    for (let count = 0; count < repeats; count++) compare(secret, sent)
  }
  return timed(rounds, random, [often(close), often(far)])
}

const pepper = Redacted.make(new Uint8Array(32).fill(7))

/** By the comparison that the gateway makes. */
export const guessOurs = (rounds: number, random: Random) => {
  const stored = new Map<string, Buffer>()
  const ours: Compare = (secret, sent) => {
    const kept = stored.get(secret) ?? hash(pepper, Redacted.make(secret))
    stored.set(secret, kept)
    return matches(kept, pepper, Redacted.make(sent))
  }
  return guessHere(ours, rounds, random)
}

/** By one that stops at the first digit that differs. */
export const guessNaive = (rounds: number, random: Random) =>
  guessHere(
    (stored, sent) => {
      for (let at = 0; at < stored.length; at++) if (stored[at] !== sent[at]) return false
      return true
    },
    rounds,
    random,
  )
