import { randomBytes } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import { runCommand } from "../../support/RunCommand.ts"
import { withClient, withServer } from "../PrivateServer.ts"
import { preloading } from "../Preloading.ts"
import { Neighbour } from "./Neighbour.ts"
import { Switchboard } from "./Switchboard.ts"

interface Tenant {
  readonly key: string
  readonly session: string
}

/** One gateway process with the sessions of two tenants, each with a WhatsApp of its own. */
export class Town {
  readonly client: Pg.Client
  readonly whatsapp: Emulator
  readonly neighbour: Neighbour
  readonly me: Person
  readonly friend: Person
  readonly group: string
  readonly gateway: GatewayProcess
  quiet: Tenant = { key: "", session: "" }
  noisy: Tenant = { key: "", session: "" }

  private constructor(
    client: Pg.Client,
    whatsapp: Emulator,
    neighbour: Neighbour,
    gateway: GatewayProcess,
  ) {
    this.client = client
    this.whatsapp = whatsapp
    this.neighbour = neighbour
    this.gateway = gateway
    this.me = whatsapp.addPerson({ name: "Me" })
    this.friend = whatsapp.addPerson({ name: "Bob" })
    this.group = whatsapp.addGroup({ subject: "Us", owner: this.me, members: [this.friend] }).jid
  }

  /** `broken` is code that the gateway runs before its own. */
  static use<A>(work: (town: Town) => Promise<A>, broken?: string): Promise<A> {
    return withServer((url, folder) =>
      withClient(url, async (client) => {
        const whatsapp = await Emulator.start()
        const neighbour = await Neighbour.start()
        const board = await Switchboard.open(whatsapp.url)
        const env = {
          PORT: "0",
          DATABASE_URL: url,
          DATA_DIR: folder,
          GATEWAY_MASTER_KEY: randomBytes(32).toString("base64"),
          WHATSAPP_URL: board.url,
          WHATSAPP_ALLOW_INSECURE: "loopback",
          LOG_LEVEL: "error",
          ...(broken === undefined ? {} : { NODE_OPTIONS: preloading(broken) }),
        }
        const gateway = await GatewayProcess.start({ env })
        const town = new Town(client, whatsapp, neighbour, gateway)
        try {
          await town.#settle(env, board)
          return await work(town)
        } finally {
          await gateway.end("SIGKILL")
          await neighbour.end()
          await whatsapp.stop()
          board.close()
        }
      }),
    )
  }

  async ask(path: string, { key, session }: Tenant = this.quiet, method = "GET", body?: object) {
    const answer = await fetch(
      `${this.gateway.url}/api/v1/sessions${session && `/${session}`}${path}`,
      {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      },
    )
    // Bodies of every shape.
    // oxlint-disable-next-line typescript/no-explicit-any
    return { status: answer.status, body: (await answer.json()) as any }
  }

  async #settle(env: Readonly<Record<string, string>>, board: Switchboard) {
    const key = this.gateway.firstKey!
    this.quiet = await this.#link(key, (code) => this.whatsapp.scanQr(code, this.me))
    board.choose(this.neighbour.url)
    const type = async (...args: ReadonlyArray<string>) => {
      const { out } = await runCommand([...args, "--json"], { env })
      return JSON.parse(out) as { readonly id: string; readonly token: string }
    }
    const { id } = await type("organizations", "create", "Neighbour")
    const capabilities = ["--capabilities", "read,send,manage"]
    const { token } = await type("keys", "create", "--organization", id, ...capabilities)
    this.noisy = await this.#link(token, (code) => this.neighbour.tell("link", code))
  }

  async #link(key: string, scan: (code: string) => Promise<unknown>): Promise<Tenant> {
    const { id } = (await this.ask("", { key, session: "" }, "POST", {})).body
    const tenant = { key, session: id }
    await scan((await this.ask("/qr", tenant)).body.code)
    while ((await this.ask("", tenant)).body.status !== "working") await sleep(50)
    return tenant
  }
}
