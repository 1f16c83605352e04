import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { Program } from "./Program.ts"
import { seed } from "./Seed.ts"

/** An emulated WhatsApp, and for each of its accounts a device that the gateway or bare sockets run. */
export interface Fleets {
  readonly count: number
  readonly folder: string
  /** Of the gateway. */
  readonly dataDir: string
  /** Of the credentials that bare sockets read. */
  readonly accounts: string
  readonly url: string
}

export interface Emulated {
  readonly url: string
  readonly control: string
  readonly people: ReadonlyArray<string>
}

/** Runs against accounts in that number, which the gateway has linked and stopped. */
export const withFleets = async <A>(
  folder: string,
  count: number,
  use: (fleets: Fleets) => Promise<A>,
): Promise<A> => {
  const accounts = join(folder, "accounts")
  const dataDir = join(folder, "gateway")
  for (const one of [accounts, dataDir]) mkdirSync(one, { mode: 0o755 })
  const whatsapp = new Program("whatsapp", [`${count}`, accounts])
  try {
    const { url } = await whatsapp.read<Emulated>()
    await seed(dataDir, accounts, count)
    return await use({ count, folder, dataDir, accounts, url })
  } finally {
    await whatsapp.end()
  }
}

/** Runs against an emulated WhatsApp with so many people who have linked nothing. */
export const withStrangers = async <A>(
  count: number,
  use: (whatsapp: Emulated) => Promise<A>,
): Promise<A> => {
  const whatsapp = new Program("whatsapp", [`${count}`])
  try {
    return await use(await whatsapp.read<Emulated>())
  } finally {
    await whatsapp.end()
  }
}

/** Bare sockets in a process of their own. */
export class BareFleet {
  readonly #program: Program

  constructor({ accounts, url }: Fleets, env: Readonly<Record<string, string>> = {}) {
    this.#program = new Program("bare", [url, accounts], env)
  }

  get pid(): number {
    return this.#program.pid
  }

  /** Until so many are open; milliseconds since then or, the first time, since the program began. */
  run(count: number, atOnce: number) {
    return this.#program.ask<{ readonly millis: number; readonly openMillis: number }>({
      count,
      atOnce,
    })
  }

  end() {
    return this.#program.end()
  }
}
