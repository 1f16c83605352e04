import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import type { GatewayProcess } from "../../support/GatewayProcess.ts"
import { stallsIn } from "./Stall.ts"
import type { World } from "./World.ts"

/** How long one first sync took, and what it did to the gateway meanwhile; milliseconds. */
export interface Synced {
  readonly session: string
  readonly millis: number
  readonly stall: number
}

/** The one tenant of a gateway process, who links numbers and looks what is stored of them. */
export class Tenant {
  readonly #gateway: GatewayProcess
  readonly #database: Pg.Client

  constructor(gateway: GatewayProcess, database: Pg.Client) {
    this.#gateway = gateway
    this.#database = database
  }

  /** Links the account once more, as one more session, which knows nothing yet. */
  async syncFirst(world: World): Promise<Synced> {
    const { id } = await this.call<{ id: string }>("POST", "/sessions", {})
    const { code } = await this.call<{ code: string }>("GET", `/sessions/${id}/qr`)
    await world.scan(code)
    await this.longestStall()
    const storedAt = await this.#listedAt(id)
    const stall = await this.longestStall()
    const millis = storedAt - (await world.lastAskedForAll())
    return { session: id, millis, stall }
  }

  /** As callers read it: how many groups, and how many members they have together. */
  async readable(session: string) {
    type Groups = { data: ReadonlyArray<{ groupJid: string }> }
    type Members = { data: ReadonlyArray<unknown> }
    const groups = await this.call<Groups>("GET", `/sessions/${session}/groups`)
    let members = 0
    for (const { groupJid } of groups.data) {
      const path = `/sessions/${session}/groups/${groupJid}/members`
      members += (await this.call<Members>("GET", path)).data.length
    }
    return { groups: groups.data.length, members }
  }

  /** Takes it off the line; what is stored of it stays. */
  stop(session: string): Promise<unknown> {
    return this.call("POST", `/sessions/${session}:stop`)
  }

  /** The last thing of a sync that is written is that all groups are known. */
  async #listedAt(session: string): Promise<number> {
    const isListed = "SELECT FROM group_listings WHERE session_id = $1"
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(5)) {
      const { rowCount } = await this.#database.query(isListed, [session])
      if (rowCount === 1) return Date.now()
    }
    throw new Error("the groups were not stored within two minutes")
  }

  async longestStall(): Promise<number> {
    const before = stallsIn(this.#gateway.output()).length
    process.kill(this.#gateway.pid, "SIGUSR2")
    for (;;) {
      const stalls = stallsIn(this.#gateway.output())
      if (stalls.length > before) return stalls.at(-1)!
      await sleep(5)
    }
  }

  async call<A>(method: string, path: string, body?: object): Promise<A> {
    const { firstKey, url } = this.#gateway
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${firstKey}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
    return (text === "" ? undefined : JSON.parse(text)) as A
  }
}
