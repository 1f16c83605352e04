import * as Pg from "pg"
import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../Random.ts"
import type { Outcome } from "../Row.ts"
import { Tally } from "../Tally.ts"
import { ask, bearer, type Heard } from "./Asking.ts"

export interface Node {
  readonly url: string
}

export interface EndingsOptions {
  /** Where keys are made and taken away. */
  readonly first: Node
  /** Another gateway on the same database. */
  readonly second: Node
  readonly admin: string
  readonly databaseUrl: string
}

interface Key {
  readonly id: string
  readonly token: string
}

/** What a key must no longer do: anything at all, or manage. */
type Question = { readonly path: string; readonly refusal: number }
const anything: Question = { path: "/sessions", refusal: 401 }
const managing: Question = { path: "/api-keys", refusal: 403 }

const lanes = 40
const elsewhereMillis = 1000

/** Ways in which a key ends, each while requests with it are under way on two gateways. */
export class Endings {
  readonly #given: EndingsOptions
  readonly #random: Random
  readonly #tally = new Tally()
  #requests = 0
  readonly #latest: Record<string, number> = {}

  constructor(given: EndingsOptions, random: Random) {
    this.#given = given
    this.#random = random
  }

  async inLanes(rounds: number, round: (random: Random) => Promise<void>): Promise<void> {
    let left = rounds
    const lane = async (random: Random) => {
      while (left-- > 0) await round(random)
    }
    const seeds = Array.from({ length: lanes }, () => this.#random.below(1e9))
    await Promise.all(seeds.map((seed) => lane(new Random(seed))))
  }

  /** Deleted over HTTP: over at once where it was deleted, within a second elsewhere. */
  async revoked(random: Random): Promise<void> {
    const { admin, first } = this.#given
    const { id, token } = await this.#made({})
    await this.#get(this.#given.second, anything, token)
    const underWay = [1, 2, 3, 4, 5, 6].map(() => this.#get(first, anything, token))
    await sleep(random.below(40))
    const path = `${first.url}/api/v1/api-keys/${id}`
    const deleted = await ask(path, { method: "DELETE", headers: bearer(admin) })
    const complaints = deleted.status === 204 ? [] : [`the delete answers ${deleted.status}`]
    const { heardAt } = deleted
    complaints.push(...(await this.#isOver("revoked", anything, token, heardAt, 0)))
    await Promise.all(underWay)
    this.#tally.tried("revoked", complaints)
  }

  /** Its capabilities cut by the operator, in the database: within a second everywhere. */
  async narrowed(random: Random): Promise<void> {
    const { token, id } = await this.#made({})
    const nodes = [this.#given.first, this.#given.second]
    await Promise.all(nodes.map((node) => this.#get(node, managing, token)))
    await sleep(random.below(40))
    await this.#inDatabase("UPDATE api_keys SET capabilities = '{read}' WHERE key_id = $1", [id])
    const from = performance.now()
    const complaints = await this.#isOver("narrowed", managing, token, from, elsewhereMillis)
    const reads = await this.#get(this.#given.first, anything, token)
    if (reads.status !== 200) complaints.push(`lost more than it should: ${reads.status}`)
    this.#tally.tried("narrowed", complaints)
  }

  /** On time, to the millisecond, everywhere. */
  async expired(random: Random): Promise<void> {
    const expiresAt = Date.now() + 500 + random.below(500)
    const { token } = await this.#made({ expiresAt })
    const { first, second } = this.#given
    const before = await Promise.all(
      [first, second].map((node) => this.#get(node, anything, token)),
    )
    const isEarly = Date.now() < expiresAt
    await sleep(Math.max(0, expiresAt - Date.now()))
    while (Date.now() < expiresAt) await sleep(1)
    const complaints = await this.#isOver("expired", anything, token, performance.now(), 0, 0)
    if (isEarly && before.some(({ status }) => status !== 200))
      complaints.push("is refused too early")
    this.#tally.tried("expired", complaints)
  }

  /** Two keys side by side while one replaces the other; the old one's end is not the new one's. */
  async replaced(): Promise<void> {
    const [old, fresh] = [await this.#made({}), await this.#made({})]
    const { admin, first, second } = this.#given
    const statuses = async () => {
      const asked = [old, fresh].flatMap(({ token }) =>
        [first, second].map((node) => this.#get(node, anything, token)),
      )
      return (await Promise.all(asked)).map(({ status }) => status).join(" ")
    }
    const both = await statuses()
    const path = `${first.url}/api/v1/api-keys/${old.id}`
    await ask(path, { method: "DELETE", headers: bearer(admin) })
    await sleep(elsewhereMillis)
    const after = await statuses()
    const isSo = both === "200 200 200 200" && after === "401 401 200 200"
    this.#tally.tried("replaced", isSo ? [] : [`${both}, then ${after}`])
  }

  outcome(): Outcome {
    return this.#tally.outcome({
      requests: this.#requests,
      ...this.#latest,
    })
  }

  /** What is still let in although it was sent after it should be over, here and elsewhere. */
  async #isOver(
    kind: string,
    question: Question,
    token: string,
    from: number,
    here: number,
    elsewhere = elsewhereMillis,
  ): Promise<Array<string>> {
    const { first, second } = this.#given
    const lasts = await Promise.all([
      this.#lastAccepted(first, question, token, from),
      this.#lastAccepted(second, question, token, from),
    ])
    this.#note(`${kind}LastHereMillis`, lasts[0])
    this.#note(`${kind}LastElsewhereMillis`, lasts[1])
    return [
      ...(lasts[0] > here ? [`let in here ${Math.round(lasts[0])} ms later`] : []),
      ...(lasts[1] > elsewhere ? [`let in elsewhere ${Math.round(lasts[1])} ms later`] : []),
    ]
  }

  #note(figure: string, value: number): void {
    this.#latest[figure] = Math.max(this.#latest[figure] ?? 0, Math.round(value))
  }

  /** Asks for a bit more than a second; milliseconds until the last request that was let in was sent. */
  async #lastAccepted(node: Node, question: Question, token: string, from: number) {
    let last = 0
    for (let pause = 0; performance.now() - from < elsewhereMillis + 150; pause = 80) {
      await sleep(pause)
      const { sentAt, status } = await this.#get(node, question, token)
      if (status === question.refusal) continue
      if (status === 200) last = Math.max(last, sentAt - from)
      else this.#tally.failed(`answers ${status}`)
    }
    return last
  }

  #get({ url }: Node, { path }: Question, token: string): Promise<Heard> {
    this.#requests += 1
    return ask(`${url}/api/v1${path}`, { headers: bearer(token) })
  }

  async #made(more: object): Promise<Key> {
    const { admin, first } = this.#given
    const json = { name: "evidence", capabilities: ["read", "manage"], ...more }
    const asked = { method: "POST", headers: bearer(admin), json }
    return JSON.parse((await ask(`${first.url}/api/v1/api-keys`, asked)).text) as Key
  }

  async #inDatabase(statement: string, values: ReadonlyArray<string>): Promise<void> {
    const client = new Pg.Client(this.#given.databaseUrl)
    await client.connect()
    await client.query(statement, [...values]).finally(() => client.end())
  }
}
