import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import type { Person } from "../emulator/people/Person.ts"
import type { GatewayProcess } from "../support/GatewayProcess.ts"
import { withClient } from "./PrivateServer.ts"
import { type Linked, Plant, until } from "./processes/Plant.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

interface Size {
  readonly sessions: number
  readonly kills: number
  /** The control: what was stored in the last second before a kill is not there. */
  readonly isLazy: boolean
}

/** A gateway that dies again and again, while keys are written or while somebody links a phone. */
class Deaths {
  readonly #plant: Plant
  readonly #client: Pg.Client
  readonly #random: Random
  readonly #isLazy: boolean
  readonly #linked: Array<Linked> = []
  #gateway: GatewayProcess

  constructor(
    plant: Plant,
    client: Pg.Client,
    random: Random,
    isLazy: boolean,
    gateway: GatewayProcess,
  ) {
    this.#plant = plant
    this.#client = client
    this.#random = random
    this.#isLazy = isLazy
    this.#gateway = gateway
  }

  async link(count: number) {
    for (let nth = 0; nth < count; nth += 1)
      this.#linked.push(await this.#plant.link(this.#gateway))
  }

  /** Killed while messages arrive for everybody, and everybody logs in. */
  async whileReceiving(): Promise<ReadonlyArray<string>> {
    const { whatsapp } = this.#plant
    const friend = whatsapp.addPerson()
    const writing = (async () => {
      for (let nth = 0; nth < 10; nth += 1)
        for (const { person } of this.#linked) await whatsapp.sendText(friend, person, `${nth}`)
    })()
    await this.#die(this.#random.below(300))
    await writing
    return this.#complaints()
  }

  /** Killed at some moment between the scan and the first login. */
  async whileLinking(): Promise<ReadonlyArray<string>> {
    const person = this.#plant.whatsapp.addPerson()
    const { code, id } = await this.#plant.session(this.#gateway)
    const scanning = this.#plant.whatsapp.scanQr(code, person).catch(() => undefined)
    await this.#die(this.#random.below(250))
    await Promise.race([scanning, sleep(200)])
    // What the phone does not show as linked needs nothing but the scan that failed.
    if (person.companions.size > 0) this.#linked.push({ id, person })
    return this.#complaints()
  }

  end() {
    return this.#gateway.end("SIGKILL")
  }

  async #die(after: number) {
    await sleep(after)
    const horizon = this.#isLazy ? await this.#horizon() : undefined
    if (this.#isLazy) await sleep(1_000)
    await this.#gateway.end("SIGKILL")
    if (horizon !== undefined)
      await this.#client.query(
        "DELETE FROM session_credentials WHERE xmin::text::bigint >= $1::bigint",
        [horizon],
      )
    this.#gateway = await this.#plant.start("a", sluggish)
  }

  async #horizon() {
    const { rows } = await this.#client.query<{ id: string }>("SELECT txid_current()::text AS id")
    return rows[0]!.id
  }

  async #complaints() {
    const complaints: Array<string> = []
    for (const one of this.#linked) {
      const isBack = await until(() => this.#plant.isOnline(one), this.#isLazy ? 6_000 : 20_000)
      if (isBack !== undefined) continue
      const { status } = await this.#plant.call(this.#gateway, "GET", `/sessions/${one.id}`)
      complaints.push(`needs a new pairing, is ${status}`)
      this.#forget(one.person)
    }
    return complaints
  }

  #forget(person: Person) {
    this.#linked.splice(
      this.#linked.findIndex((one) => one.person === person),
      1,
    )
  }
}

/** Credentials take their time to reach the disk: whoever tells of them too early is found out. */
const sluggish = `
  import { createRequire } from "node:module"
  const { Client } = createRequire(process.cwd() + "/")("pg")
  const { query } = Client.prototype
  Client.prototype.query = function (...args) {
    const text = String(args[0]?.text ?? args[0])
    if (!text.includes("INSERT INTO session_credentials")) return query.apply(this, args)
    setTimeout(() => query.apply(this, args), 150)
  }`

const besiege = ({ isLazy, kills, sessions }: Size, seed: number): Promise<Outcome> =>
  Plant.use((plant) =>
    withClient(plant.url, async (client) => {
      const tally = new Tally()
      const gateway = await plant.start("a", sluggish)
      const deaths = new Deaths(plant, client, new Random(seed), isLazy, gateway)
      await deaths.link(sessions)
      for (let kill = 0; kill < kills; kill += 1) {
        tally.tried("killed while linking", await deaths.whileLinking())
        if (!isLazy) tally.tried("killed while receiving", await deaths.whileReceiving())
      }
      await deaths.end()
      return tally.outcome({ kills: isLazy ? kills : kills * 2 })
    }),
  )

const run = ({ form, seed }: Trial) =>
  besiege(
    form === "full"
      ? { sessions: 5, kills: 250, isLazy: false }
      : { sessions: 2, kills: 1, isLazy: false },
    seed,
  )

const control = ({ seed }: Trial) => besiege({ sessions: 0, kills: 1, isLazy: true }, seed)

export const R12: Row = {
  id: "R12",
  promise: "a gateway killed while it writes credentials and keys needs no new pairing",
  run,
  control,
}
