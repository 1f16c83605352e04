import type { Case } from "../../layers/jwt/Case.ts"
import type { Random } from "../Random.ts"
import type { Outcome } from "../Row.ts"
import type { Tally } from "../Tally.ts"
import { ask, askRaw, bearer, type Heard } from "./Asking.ts"

export interface Terms {
  /** Where the token is sent; only as a bearer token unless told. */
  readonly headers?: ReadonlyArray<"authorization" | "x-api-key"> | undefined
  /** How many of the cases, chosen by the seed; all of them unless told. */
  readonly share?: number
  /** The provider can not be asked, so nobody can tell about a key that is not known: 503. */
  readonly isAway?: boolean
}

const slowestMedian = 5
const path = "/api/v1/sessions"

/** Blanks around a token are no part of it: on the wire such a token is a good one. */
const isToken = ({ token }: Case) => token.trim() === token
/** What Node's client would not send, or Node's server not read: it is sent byte by byte. */
const isRaw = (token: string) => token.length > 15_000 || /[^\x20-\x7e]/.test(token)
const knownKids = new Set(["r1", "e1", "d1", "w1", "h1", undefined])

/** Sends tokens and judges the answers. */
export class Refusals {
  readonly #tally: Tally
  readonly #random: Random
  readonly #times: Array<number> = []
  #refusal: string | undefined
  #unreadable = 0
  #nobodyCanTell = 0
  #good = 0

  constructor(tally: Tally, random: Random) {
    this.#tally = tally
    this.#random = random
  }

  async accepts(url: string, tokens: ReadonlyArray<string>): Promise<void> {
    for (const token of tokens) {
      const { status, text } = await ask(url + path, { headers: bearer(token) })
      this.#good += 1
      this.#tally.tried("a good token", status === 200 ? [] : [`refused: ${status} ${text}`])
    }
  }

  async refuses(url: string, cases: ReadonlyArray<Case>, terms: Terms): Promise<void> {
    const { headers = ["authorization"], isAway = false, share = 1 } = terms
    for (const each of cases.filter(isToken)) {
      if (share < 1 && !this.#random.chance(share)) continue
      for (const header of headers) {
        const complaints = isRaw(each.token)
          ? await this.#refusesRaw(url, header, each.token)
          : await this.#refusesSent(url, header, each.token, isAway)
        this.#tally.tried(`${each.name} (${header})`, complaints)
      }
    }
  }

  outcome(): Outcome {
    const times = this.#times.sort((left, right) => left - right)
    const at = (share: number) => Math.round(times[Math.floor(times.length * share)]! * 100) / 100
    if (at(0.5) > slowestMedian) this.#tally.failed(`the median refusal takes ${at(0.5)} ms`)
    return this.#tally.outcome({
      medianRejectMillis: at(0.5),
      p99RejectMillis: at(0.99),
      goodAccepted: this.#good,
      refusedBeforeTheToken: this.#unreadable,
      unknownKeyWhileProviderAway503: this.#nobodyCanTell,
    })
  }

  async #refusesSent(url: string, header: string, token: string, isAway: boolean) {
    const value = header === "authorization" ? `Bearer ${token}` : token
    const heard = await ask(url + path, { headers: { [header]: value } })
    if (isAway && heard.status === 503 && !namesKnownKey(token)) {
      this.#nobodyCanTell += 1
      return heard.headers["retry-after"] === undefined ? ["503 without Retry-After"] : []
    }
    this.#times.push(heard.millis)
    return this.#complaints(heard)
  }

  #complaints(heard: Heard): ReadonlyArray<string> {
    if (heard.status !== 401) return [`answers ${heard.status}`]
    const told = JSON.stringify([heard.text, heard.headers["www-authenticate"]])
    this.#refusal ??= told
    if (told !== this.#refusal) return [`says something else: ${told}`]
    return told.includes("invalid_token") ? [] : [`does not say invalid_token: ${told}`]
  }

  async #refusesRaw(url: string, header: string, token: string) {
    const value = header === "authorization" ? `Bearer ${token}` : token
    const head = `GET ${path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n`
    const answer = await askRaw(url, `${head}${header}: ${value}\r\n\r\n`)
    this.#unreadable += 1
    // A server that hangs up on a megabyte may lose its answer on the way; nobody got in all the same.
    if (answer === "") return []
    if (!/^HTTP\/1\.1 (400|401|413) /.test(answer)) return [`answers ${answer.slice(0, 30)}`]
    return answer.includes(token.slice(0, 60)) ? ["repeats the token"] : []
  }
}

const namesKnownKey = (token: string): boolean => {
  try {
    return knownKids.has(JSON.parse(Buffer.from(token.split(".")[0]!, "base64url").toString()).kid)
  } catch {
    return true
  }
}
