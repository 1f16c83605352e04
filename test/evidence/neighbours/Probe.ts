import { setTimeout as sleep } from "node:timers/promises"
import type { Town } from "./Town.ts"

/** Milliseconds between two probes of a kind: an open loop, which asks on however late the answers are. */
const apart = 50

/** How long an answer may take until it counts as having taken so long. */
const patience = 20_000

/** In milliseconds, from the moment each was due. */
export interface Latencies {
  /** Until a message that was sent to the session is an event. */
  readonly messages: Array<number>
  /** Until a live call is answered. */
  readonly calls: Array<number>
}

/** Asks the quiet session again and again for as long as the work takes, and at least so long. */
export class Probe {
  readonly #town: Town
  readonly #due = new Map<string, (at: number) => void>()
  #position = 0
  #looking: Promise<void> = Promise.resolve()

  private constructor(town: Town) {
    this.#town = town
  }

  static async attach(town: Town): Promise<Probe> {
    const probe = new Probe(town)
    town.client.on("notification", () => {
      probe.#looking = probe.#looking.then(() => probe.#look())
    })
    await town.client.query("LISTEN gateway_events")
    return probe
  }

  async during(least: number, work: () => Promise<unknown>): Promise<Latencies> {
    const seen: Latencies = { messages: [], calls: [] }
    const asked: Array<Promise<void>> = []
    const state = { isDone: false }
    const working = Promise.all([work(), sleep(least)]).finally(() => (state.isDone = true))
    working.catch(() => {})
    const start = performance.now()
    for (let nth = 0; !state.isDone; nth += 1) {
      const due = start + nth * apart
      await sleep(Math.max(0, due - performance.now()))
      asked.push(this.#message(due).then((took) => void seen.messages.push(took)))
      await sleep(Math.max(0, due + apart / 2 - performance.now()))
      asked.push(this.#call(due + apart / 2).then((took) => void seen.calls.push(took)))
    }
    await working
    await Promise.all(asked)
    return seen
  }

  async #message(due: number) {
    const { friend, me, whatsapp } = this.#town
    const id = await whatsapp.sendText(friend, me, "how long?")
    const arrived = new Promise<number>((resolve) => this.#due.set(id, resolve))
    return (await Promise.race([arrived, sleep(patience, due + patience)])) - due
  }

  async #call(due: number) {
    const { status } = await this.#town.ask(`/groups/${this.#town.group}/invite`)
    if (status !== 200) throw new Error(`a live call was answered ${status}`)
    return performance.now() - due
  }

  async #look() {
    const { rows } = await this.#town.client.query<{ position: string; id: string | null }>(
      `SELECT position, payload->>'waMessageId' AS id FROM events
       WHERE session_id = $1 AND position > $2 ORDER BY position`,
      [this.#town.quiet.session, this.#position],
    )
    const now = performance.now()
    for (const { id, position } of rows) {
      this.#position = Math.max(this.#position, Number(position))
      this.#due.get(id ?? "")?.(now)
    }
  }
}

export const quantile = (values: ReadonlyArray<number>, part: number) => {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!)
}
