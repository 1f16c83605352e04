import type { Emulator } from "../Emulator.ts"
import type { Person } from "../people/Person.ts"
import type { Group } from "../world/Group.ts"

/** What is wrong with a call, for its caller. */
export class BadCall extends Error {}

/** The JSON body of a call, read by name and kind. Whatever is missing or wrong is a `BadCall`. */
export class Arguments {
  readonly emulator: Emulator
  #values: Record<string, unknown>

  constructor(emulator: Emulator, body: unknown) {
    if (typeof body !== "object" || body === null) throw new BadCall("the body is not an object")
    this.emulator = emulator
    this.#values = { ...body }
  }

  has(name: string) {
    return this.#values[name] !== undefined && this.#values[name] !== null
  }

  string(name: string): string {
    const value = this.#values[name]
    if (typeof value !== "string") throw new BadCall(`${name} is not a string`)
    return value
  }

  number(name: string): number {
    const value = this.#values[name]
    if (typeof value !== "number") throw new BadCall(`${name} is not a number`)
    return value
  }

  boolean(name: string): boolean {
    const value = this.#values[name]
    if (typeof value !== "boolean") throw new BadCall(`${name} is not a boolean`)
    return value
  }

  attrs(name: string): Record<string, string> {
    const value = this.#values[name]
    if (typeof value !== "object" || value === null) throw new BadCall(`${name} is not an object`)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]))
  }

  person(name: string): Person {
    return this.#personNamed(this.string(name))
  }

  people(name: string): Array<Person> {
    const value = this.#values[name] ?? []
    if (!Array.isArray(value)) throw new BadCall(`${name} is not a list`)
    return value.map((one) => this.#personNamed(String(one)))
  }

  group(name = "group"): Group {
    const jid = this.string(name)
    const group = this.emulator.world.groups.get(jid)
    if (!group) throw new BadCall(`there is no group ${jid}`)
    return group
  }

  personOrGroup(name: string): Person | Group {
    return this.string(name).endsWith("@g.us") ? this.group(name) : this.person(name)
  }

  /** Reads the value when it is there, and leaves the key out when it is not. */
  optional<N extends string, A>(name: N, read: (name: N) => A): { [_ in N]?: A } {
    const found: { [_ in N]?: A } = {}
    if (this.has(name)) found[name] = read(name)
    return found
  }

  #personNamed(name: string): Person {
    const person = this.emulator.findPerson(name)
    if (!person) throw new BadCall(`there is nobody called ${name}`)
    return person
  }
}
