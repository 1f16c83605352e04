import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import type { GatewayProcess } from "../support/GatewayProcess.ts"
import { withClient } from "./PrivateServer.ts"
import { type Linked, Plant, until } from "./processes/Plant.ts"
import { allWrites, auditWrites, staleWrites, watchDoubles } from "./R14/Audit.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** Milliseconds until the other process has taken over. */
const takeoverLimit = 10_000

/** Two gateways on one database, whose owner is killed or stopped again and again. */
class Duel {
  readonly #plant: Plant
  readonly #sessions: ReadonlyArray<Linked>
  readonly #tally: Tally
  readonly takeovers: Array<number> = []
  owner: GatewayProcess
  other: GatewayProcess
  #names: readonly [string, string] = ["a", "b"]
  /** While its process does not run, a connection is only a memory of the network. */
  #isOwnerStopped = false
  #isOver = false

  private constructor(
    plant: Plant,
    sessions: ReadonlyArray<Linked>,
    tally: Tally,
    gateways: readonly [GatewayProcess, GatewayProcess],
  ) {
    this.#plant = plant
    this.#sessions = sessions
    this.#tally = tally
    ;[this.owner, this.other] = gateways
    watchDoubles(plant.whatsapp, ({ pnJid }) => {
      if (!this.#isOwnerStopped) tally.failed(`${pnJid} was live twice`, "live twice")
    })
  }

  static async begin(
    plant: Plant,
    client: Pg.Client,
    tally: Tally,
    count: number,
    broken?: string,
  ) {
    const owner = await plant.start("a", broken)
    const sessions: Array<Linked> = []
    for (let nth = 0; nth < count; nth += 1) sessions.push(await plant.link(owner))
    await auditWrites(client)
    const other = await plant.start("b", broken)
    return new Duel(plant, sessions, tally, [owner, other])
  }

  /** Somebody keeps writing to everybody, so that there is always a key to be written. */
  async chatter() {
    const { whatsapp } = this.#plant
    const friend = whatsapp.addPerson()
    while (!this.#isOver) {
      for (const { person } of this.#sessions) await whatsapp.sendText(friend, person, "hello")
      await sleep(30)
    }
  }

  async killOwner() {
    const before = this.#links()
    await this.owner.end("SIGKILL")
    await this.#takenOver("killed", before)
    this.#swap(await this.#plant.start(this.#names[0]))
  }

  async stopOwner(millis: number) {
    const before = this.#links()
    this.#isOwnerStopped = true
    process.kill(this.owner.pid, "SIGSTOP")
    await this.#takenOver("stopped", before)
    await sleep(millis)
    const after = this.#links()
    this.#isOwnerStopped = false
    process.kill(this.owner.pid, "SIGCONT")
    await sleep(2_000)
    const isKept = this.#links().every((link, nth) => link === after[nth])
    this.#tally.tried("continued", isKept ? [] : ["took a session back"])
    this.#swap(this.owner)
  }

  async end() {
    this.#isOver = true
    await Promise.all([this.owner.end("SIGKILL"), this.other.end("SIGKILL")])
  }

  #links() {
    return this.#sessions.map(({ person }) => [...person.companions.values()][0]?.link)
  }

  async #takenOver(how: string, before: ReadonlyArray<unknown>) {
    const isNew = () =>
      this.#links().every((link, nth) => link?.isReady === true && link !== before[nth])
    const took = await until(isNew, takeoverLimit * 3)
    this.takeovers.push(Math.round(took ?? takeoverLimit * 3))
    const isLate = took === undefined || took > takeoverLimit
    this.#tally.tried(how, isLate ? [`takeover after ${took ?? "never"} ms`] : [])
  }

  /** What was the owner's is now the other's. */
  #swap(former: GatewayProcess) {
    this.#names = [this.#names[1], this.#names[0]]
    this.owner = this.other
    this.other = former
  }
}

const run = ({ form }: Trial): Promise<Outcome> =>
  Plant.use((plant) =>
    withClient(plant.url, async (client) => {
      const tally = new Tally()
      const duel = await Duel.begin(plant, client, tally, 3)
      const chatter = duel.chatter()
      const rounds = form === "full" ? 100 : 1
      for (let round = 0; round < rounds; round += 1) {
        await duel.stopOwner(round % 2 === 0 ? 0 : 3_000)
        await duel.killOwner()
      }
      await duel.end()
      await chatter
      return verdict(client, tally, duel)
    }),
  )

const verdict = async (client: Pg.Client, tally: Tally, { takeovers }: Duel) => {
  const stale = await staleWrites(client)
  for (const { holder, what, who } of stale)
    tally.failed(`${who} wrote ${what} while ${holder} held it`, "stale write")
  return tally.outcome({
    takeoverMillisMost: Math.max(0, ...takeovers),
    writes: await allWrites(client),
    staleWrites: stale.length,
  })
}

/** Nobody asks who holds a session: every process believes that it does, and writes. */
const believer = `
  import { createRequire } from "node:module"
  const { Client } = createRequire(process.cwd() + "/")("pg")
  const { query } = Client.prototype
  const credulous = (text) => text
    .replace(/WHERE l\\.process_id = \\$1(?=\\s+\\), digest)/, "WHERE $1::text <> ''")
    .replace(/require_lease\\((\\$\\d+), (\\$\\d+)::bigint\\)/, "require_lease($1, nullif($2::bigint, $2::bigint))")
  Client.prototype.query = function (first, ...rest) {
    if (typeof first === "string") return query.call(this, credulous(first), ...rest)
    if (typeof first?.text === "string") first.text = credulous(first.text)
    return query.call(this, first, ...rest)
  }`

const control = (): Promise<Outcome> =>
  Plant.use((plant) =>
    withClient(plant.url, async (client) => {
      const tally = new Tally()
      const duel = await Duel.begin(plant, client, tally, 1, believer)
      await sleep(3_000)
      await duel.end()
      return verdict(client, tally, duel)
    }),
  )

export const R14: Row = {
  promise: "of two gateways on one database one runs a session, and takes over from the other",
  run,
  control,
}
