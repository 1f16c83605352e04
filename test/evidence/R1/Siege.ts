import type * as Pg from "pg"
import { setTimeout as sleep } from "node:timers/promises"
import { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import type { Group } from "../../emulator/world/Group.ts"
import type { Random } from "../Random.ts"
import type { Breakage } from "./Breakage.ts"
import { Child } from "./Child.ts"

export interface SiegeOptions {
  readonly client: Pg.Client
  readonly env: Readonly<Record<string, string>>
  readonly random: Random
  readonly sessions: number
  /** Sent while nobody is connected, and as many again while somebody is. */
  readonly messages: number
  readonly split: boolean
  /** Whether the accounts write back meanwhile. */
  readonly replies: boolean
}

/** A message on its way: only what the sender knows. */
export interface Sent {
  readonly id: string
  readonly text: string
  readonly to: Person
  readonly chat: string
}

export interface Account {
  readonly session: string
  readonly person: Person
}

export const organization = "org_01J9ZX8K2QHV0M3T6R7P4N5W8C"

const sessionOf = (nth: number) => `01J9ZX8K2QHV0M3T6R7P4N${String(nth).padStart(4, "0")}`

/** Accounts, people who write to them, and a gateway between them that keeps dying. */
export class Siege {
  readonly sent: Array<Sent> = []
  kills = 0
  readonly #options: SiegeOptions
  readonly #emulator: Emulator
  readonly accounts: ReadonlyArray<Account>
  readonly #friends: ReadonlyArray<Person>
  readonly #groups: ReadonlyArray<Group>

  private constructor(options: SiegeOptions, emulator: Emulator) {
    this.#options = options
    this.#emulator = emulator
    this.accounts = Array.from({ length: options.sessions }, (_, nth) => ({
      session: sessionOf(nth + 1),
      person: emulator.addPerson({ name: `Account ${nth}` }),
    }))
    this.#friends = Array.from({ length: 6 }, (_, nth) =>
      emulator.addPerson({ name: `Friend ${nth}` }),
    )
    const members = [...this.accounts.map(({ person }) => person), ...this.#friends]
    this.#groups = Array.from({ length: 3 }, (_, nth) =>
      emulator.addGroup({ subject: `Group ${nth}`, owner: this.#friends[0]!, members }),
    )
  }

  /** With every account linked. */
  static async begin(options: SiegeOptions): Promise<Siege> {
    const emulator = await Emulator.start({ retryReceipts: true })
    const siege = new Siege(options, emulator)
    await siege.#enter()
    const child = siege.start({}, (session, code) => {
      const account = siege.accounts.find((one) => one.session === session)
      if (account) void emulator.scanQr(code, account.person).catch(() => {})
    })
    await child.opened(siege.#sessions)
    await siege.#settled(false)
    await child.kill()
    return siege
  }

  get emulator() {
    return this.#emulator
  }

  /** A gateway starts on a backlog and more comes in, until it dies: by itself, or at a random time. */
  async kill(breakage: Breakage) {
    const { messages, random } = this.#options
    await this.#write(messages)
    const child = this.start(breakage)
    await child.opened(this.#sessions)
    const writing = this.#write(messages, 8)
    const timer = breakage.point === undefined ? random.below(400) : 3000
    await Promise.race([child.dead, sleep(timer)])
    await child.kill()
    await writing
    this.kills += 1
  }

  /** A gateway that nobody kills, until there is nothing left to do for it. */
  async end() {
    const child = this.start({ split: this.#options.split })
    await child.opened(this.#sessions)
    await this.#settled()
    await child.kill()
  }

  close() {
    return this.#emulator.stop()
  }

  /** Until nothing is left, or no less than before for a while. `taken`: what was received is in its rows, too. */
  async #settled(taken = true) {
    const patience = 20_000
    let [quiet, least, since] = [0, Infinity, Date.now()]
    while (quiet < 5 && Date.now() < since + patience) {
      await sleep(200)
      const left = this.#unsettled() + (taken ? await this.#open() : 0)
      quiet = left > 0 ? 0 : quiet + 1
      if (left < least) [least, since] = [left, Date.now()]
    }
  }

  #unsettled() {
    const counts = this.accounts.map(({ person }) => this.#emulator.unsettled(person).length)
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async #open() {
    const { rows } = await this.#options.client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM inbox WHERE taken_at IS NULL",
    )
    return rows[0]!.count
  }

  async #write(count: number, pause = 0) {
    const { random } = this.#options
    for (let nth = 0; nth < count; nth += 1) {
      const from = random.pick(this.#friends)
      const text = `message ${this.sent.length}`
      const isDirect = random.chance(0.6)
      const account = random.pick(this.accounts)
      const group = random.pick(this.#groups)
      const id = await this.#emulator.sendText(from, isDirect ? account.person : group, text)
      const readers = isDirect ? [account] : this.accounts
      for (const { person } of readers)
        this.sent.push({ id, text, to: person, chat: isDirect ? from.pnJid : group.jid })
      if (pause > 0) await sleep(random.below(pause))
    }
  }

  start(
    breakage: Breakage,
    onQr?: (session: string, code: string) => void,
    logs: "Error" | "Info" | "Debug" = "Error",
  ) {
    const { env, replies, split } = this.#options
    const options = {
      url: this.#emulator.url,
      organization,
      sessions: this.#sessions,
      env,
      logs,
      breakage: { split, ...breakage },
      replyTo: replies && !onQr ? this.#friends.slice(0, 4).map(({ lidJid }) => lidJid) : [],
    }
    return new Child(options, onQr)
  }

  get #sessions() {
    return this.accounts.map(({ session }) => session)
  }

  async #enter() {
    const { client } = this.#options
    await client.query(
      "INSERT INTO organizations (organization_id, name, created_at) VALUES ($1, '', 0)",
      [organization],
    )
    for (const session of this.#sessions)
      await client.query(
        `INSERT INTO sessions (session_id, organization_id, gateway_id, label, desired, status,
           auto_read, presence_typing, created_at, updated_at)
         VALUES ($1, $2, 'gateway', '', 'running', 'stopped', false, false, 0, 0)`,
        [session, organization],
      )
  }
}
