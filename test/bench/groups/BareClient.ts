import { setTimeout as sleep } from "node:timers/promises"
import { Process } from "./Process.ts"
import { stallsIn } from "./Stall.ts"
import type { World } from "./World.ts"

/** How long the library alone took to fetch all groups, and was held up by it; milliseconds. */
export interface Fetched {
  readonly millis: number
  readonly stall: number
}

/** The unpatched library in a process of its own, linked to the account. */
export class BareClient {
  readonly #process: Process

  private constructor(process: Process) {
    this.#process = process
  }

  static async link(world: World): Promise<BareClient> {
    const process = new Process("bench/groups/bare", world.url)
    const [, qr] = await process.says(/^qr (.*)$/m)
    await world.scan(qr!)
    await process.says(/^open$/m)
    const bare = new BareClient(process)
    await bare.fetchAll()
    return bare
  }

  async fetchAll(): Promise<Fetched> {
    await this.#longestStall()
    const { millis } = JSON.parse(await this.#process.ask("all")) as { millis: number }
    return { millis, stall: await this.#longestStall() }
  }

  async #longestStall(): Promise<number> {
    const before = stallsIn(this.#process.output()).length
    process.kill(this.#process.pid, "SIGUSR2")
    for (;;) {
      const stalls = stallsIn(this.#process.output())
      if (stalls.length > before) return stalls.at(-1)!
      await sleep(5)
    }
  }

  end(): Promise<void> {
    return this.#process.end()
  }
}
