import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import { preloading } from "../Preloading.ts"
import { withServer } from "../PrivateServer.ts"

export interface Linked {
  readonly id: string
  readonly person: Person
}

/** One database, one emulated WhatsApp, and gateways between them that are killed and started. */
export class Plant {
  readonly whatsapp: Emulator
  readonly url: string
  readonly #env: Readonly<Record<string, string>>
  readonly folder: string
  #key = ""

  private constructor(whatsapp: Emulator, url: string, folder: string) {
    this.whatsapp = whatsapp
    this.url = url
    this.folder = folder
    this.#env = {
      PORT: "0",
      DATABASE_POOL: "4",
      GATEWAY_MASTER_KEY: randomBytes(32).toString("base64"),
      WHATSAPP_URL: whatsapp.url,
      WHATSAPP_ALLOW_INSECURE: "loopback",
      LOG_LEVEL: "error",
    }
  }

  static use<A>(work: (plant: Plant) => Promise<A>, onServer = withServer<A>): Promise<A> {
    return onServer(async (url, folder) => {
      const whatsapp = await Emulator.start()
      return work(new Plant(whatsapp, url, folder)).finally(() => whatsapp.stop())
    })
  }

  /** The name tells its database connections apart; `broken` is code that runs before its own. */
  async start(name: string, broken?: string): Promise<GatewayProcess> {
    const url = new URL(this.url)
    url.searchParams.set("options", `-c gateway.name=${name}`)
    const gateway = await GatewayProcess.start({
      env: {
        ...this.#env,
        DATABASE_URL: url.href,
        DATA_DIR: join(this.folder, name),
        GATEWAY_ID: name,
        ...(broken === undefined ? {} : { NODE_OPTIONS: preloading(broken) }),
      },
    })
    this.#key = gateway.firstKey ?? this.#key
    return gateway
  }

  async call(gateway: GatewayProcess, method: string, path: string, body?: object) {
    const answer = await fetch(`${gateway.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    })
    // Bodies of every shape.
    // oxlint-disable-next-line typescript/no-explicit-any
    return (await answer.json()) as any
  }

  async session(gateway: GatewayProcess): Promise<{ id: string; code: string }> {
    const { id } = await this.call(gateway, "POST", "/sessions", {})
    const { code } = await this.call(gateway, "GET", `/sessions/${id}/qr`)
    return { id, code }
  }

  async link(gateway: GatewayProcess, person = this.whatsapp.addPerson()): Promise<Linked> {
    const { code, id } = await this.session(gateway)
    await this.whatsapp.scanQr(code, person)
    await until(() => this.whatsapp.isOnline(person))
    return { id, person }
  }

  isOnline({ person }: Linked) {
    return this.whatsapp.isOnline(person)
  }
}

/** Resolves with how long it took, or undefined when it was not so in time. */
export const until = async (
  isSo: () => boolean | Promise<boolean>,
  patience = 30_000,
): Promise<number | undefined> => {
  const started = performance.now()
  while (!(await isSo())) {
    if (performance.now() - started > patience) return undefined
    await sleep(10)
  }
  return performance.now() - started
}
