import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import type { Person } from "../../emulator/people/Person.ts"
import type { GatewayProcess } from "../../support/GatewayProcess.ts"
import { withClient } from "../PrivateServer.ts"
import { type Linked, type Plant, until } from "../processes/Plant.ts"
import type { Random } from "../Random.ts"
import type { Disk } from "./Disk.ts"
import { sluggish } from "./Sluggish.ts"

/** A gateway that dies again and again, or whose disk is full, while keys are written or a phone is linked. */
export class Deaths {
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

  /** Nothing can be written for a while, with messages arriving, everybody logging in and a phone linking. */
  async whileFull(disk: Disk, millis: number, isKilled: boolean): Promise<ReadonlyArray<string>> {
    const { whatsapp } = this.#plant
    const person = whatsapp.addPerson()
    const { code, id } = await this.#plant.session(this.#gateway)
    await disk.fill()
    const scanning = whatsapp.scanQr(code, person).catch(() => undefined)
    const written = await this.#write(20)
    await sleep(millis)
    const isFull = await disk.isFull()
    for (const one of this.#linked) whatsapp.kick(one.person, "drop")
    await sleep(500)
    if (isKilled) await this.#gateway.end("SIGKILL")
    await disk.makeRoom()
    if (isKilled) this.#gateway = await this.#plant.start("a", sluggish)
    await Promise.race([scanning, sleep(2_000)])
    if (person.companions.size > 0) this.#linked.push({ id, person })
    const complaints = await this.#complaints()
    const isStored = async () => (await this.#missing(written)) === 0
    await until(isStored, 20_000)
    const missing = await this.#missing(written)
    return [
      ...complaints,
      ...(isFull ? [] : ["there was room"]),
      ...(missing === 0 ? [] : [`${missing} messages were lost`]),
    ]
  }

  end() {
    return this.#gateway.end("SIGKILL")
  }

  /** Large ones, for which there is no room in what the tables already have. */
  async #write(each: number) {
    const { whatsapp } = this.#plant
    const friend = whatsapp.addPerson()
    const written: Array<string> = []
    for (let nth = 0; nth < each; nth += 1)
      for (const { person } of this.#linked)
        written.push(await whatsapp.sendText(friend, person, `${nth} `.repeat(20_000)))
    return written
  }

  async #missing(written: ReadonlyArray<string>) {
    const text = "SELECT count(*)::int AS count FROM messages WHERE wa_message_id = ANY ($1)"
    // A server without room may have crashed, and taken older connections with it.
    const { rows } = await withClient(this.#plant.url, (client) =>
      client.query<{ count: number }>(text, [written]),
    )
    return written.length - rows[0]!.count
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
