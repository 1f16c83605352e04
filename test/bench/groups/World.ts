import { Process } from "./Process.ts"

/** How many groups, and how many members each, with the account that is measured among them. */
export interface Size {
  readonly groups: number
  readonly members: number
}

interface Received {
  readonly at: number
  readonly child: string | null
}

/** An emulated WhatsApp in a process of its own, with one account in every one of its groups. */
export class World {
  readonly #process: Process
  readonly url: string
  readonly #control: string
  /** Numbers: the account that is linked, and the one that made every group. */
  readonly me = "15550000001"
  readonly boss = "15550000002"
  groups: ReadonlyArray<string> = []
  people: ReadonlyArray<string> = []

  private constructor(process: Process, url: string, control: string) {
    this.#process = process
    this.url = url
    this.#control = control
  }

  static async start(size: Size): Promise<World> {
    const process = new Process("emulator/main", "--no-history")
    const [, url, control] = await process.says(/at (ws:\S+), control at (http:\S+)$/m)
    const world = new World(process, url!, control!)
    await world.#populate(size)
    return world
  }

  /** Neighbouring groups have most of their members in common: eight people come with each. */
  async #populate({ groups, members }: Size) {
    const { boss, me } = this
    for (const pn of [me, boss]) await this.#post("/people", { pn })
    const made = await this.#post<{ groups: Array<string>; people: Array<string> }>("/populate", {
      people: groups * 8,
      groups,
      members: members - 2,
      include: [me, boss],
      owner: boss,
    })
    this.groups = made.groups
    this.people = made.people
  }

  scan(qr: string): Promise<unknown> {
    return this.#post("/scan", { person: this.me, qr })
  }

  /** Somebody else than the account does it. */
  act(verb: string, more: object): Promise<unknown> {
    return this.#post("/act", { as: this.boss, do: verb, ...more })
  }

  /** When the account last asked for all of its groups, in epoch milliseconds. */
  async lastAskedForAll(): Promise<number> {
    const response = await fetch(`${this.#control}/received?person=${this.me}`)
    const received = (await response.json()) as ReadonlyArray<Received>
    return received.findLast(({ child }) => child === "participating")!.at
  }

  end(): Promise<void> {
    return this.#process.end()
  }

  async #post<A>(path: string, body: object): Promise<A> {
    const init = { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(`${this.#control}${path}`, init)
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as A
  }
}
