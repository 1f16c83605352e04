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

/** One kind of the same question: what it needs is drawn before the clock runs. */
interface Question<A> {
  readonly draw: () => A
  readonly ask: (drawn: A) => unknown
}

/** From here on people stop believing in chance. */
export const certain = 4.5

/** What a machine does besides comes in bursts, and a leak stays: the least of three that look sure. */
const timed = async <A>(...trial: Parameters<typeof timedOnce<A>>) => {
  let least = await timedOnce(...trial)
  for (const _more of [1, 2]) {
    if (Math.abs(least) < certain) break
    const again = await timedOnce(...trial)
    if (Math.abs(again) < Math.abs(least)) least = again
  }
  return least
}

const timedOnce = async <A>(
  rounds: number,
  random: Random,
  questions: readonly [Question<A>, Question<A>],
) => {
  const times: Times = [[], []]
  for (let round = 0; round < rounds; round++) {
    const kind = random.below(2) as 0 | 1
    const { ask, draw } = questions[kind]
    const drawn = draw()
    const began = performance.now()
    await ask(drawn)
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
  const guess = (draw: () => string): Question<string> => ({ draw, ask: refused })
  const secret = secretOf(key)
  return {
    httpKeyIdT: await timed(rounds, random, [
      guess(() => withSecret(key, secretOf(minted()))),
      guess(() => withSecret(minted(), secretOf(minted()))),
    ]),
    httpSecretT: await timed(rounds, random, [
      guess(() => withSecret(key, changedAt(secret, 42))),
      guess(() => withSecret(key, changedAt(secret, 0))),
    ]),
  }
}

type Compare = (stored: string, sent: string) => boolean

const repeats = 200

/** In this process, where no noise hides it: a guess that is right but for its end, or from its start. */
const guessHere = (compare: Compare, rounds: number, random: Random) => {
  const secret = secretOf(minted())
  const [close, far] = [changedAt(secret, 42), changedAt(secret, 0)]
  const often = (sent: string): Question<string> => ({
    draw: () => sent,
    ask: () => {
      for (let count = 0; count < repeats; count++) compare(secret, sent)
    },
  })
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
