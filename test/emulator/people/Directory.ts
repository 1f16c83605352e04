import { jidDecode } from "@whiskeysockets/baileys"
import type { PersonId, Profile } from "../world/Profile.ts"
import type { World } from "../world/World.ts"
import { Person } from "./Person.ts"

export type Device = { readonly person: Person; readonly device: number }

/** Finds people by anything that names them: LID, phone number, or a JID of either kind. */
export class Directory {
  #world: World
  #people = new Map<PersonId, Person>()

  constructor(world: World) {
    this.#world = world
  }

  add(profile: Profile): Person {
    const person = new Person(profile)
    this.#people.set(person.id, person)
    return person
  }

  /** The person behind an id the world knows. */
  get(id: PersonId): Person {
    return this.#people.get(id) ?? this.add(this.#world.profile(id))
  }

  all(): Array<Person> {
    return [...this.#world.people.keys()].map((id) => this.get(id))
  }

  find(name: string): Person | undefined {
    return this.findDevice(name)?.person
  }

  findDevice(name: string): Device | undefined {
    const jid = name.includes("@") ? jidDecode(name) : { user: name, server: "", device: 0 }
    if (!jid) return undefined
    const profile =
      (jid.server === "lid" ? undefined : this.#world.personByNumber(jid.user)) ??
      (jid.server === "s.whatsapp.net" ? undefined : this.#world.people.get(jid.user))
    return profile && { person: this.get(profile.id), device: jid.device ?? 0 }
  }
}
