import type { Lid, PhoneJid } from "../../src/domain/Jid.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import type { ContactMerge } from "../../src/Plugin.ts"
import type { ContactId } from "../../src/ports/ContactBook.ts"

/** How one contact is addressed; a LID is for ever, a number may pass to somebody else. */
export interface Identity {
  readonly lid: Lid | null
  readonly phoneJid: PhoneJid | null
}

export interface KnownIdentity extends Identity {
  readonly id: ContactId
}

/** What has to change so that every person seen is exactly one contact. */
export interface IdentityPlan<Seen extends PersonSeen = PersonSeen> {
  /** One round after the other; within a round, no contact is named twice. */
  readonly merges: ReadonlyArray<ReadonlyArray<ContactMerge>>
  readonly changed: ReadonlyArray<KnownIdentity>
  readonly strangers: ReadonlyArray<Identity>
  /** Everybody in the order seen, with their LID where the number they were seen by has passed on. */
  readonly people: ReadonlyArray<Seen>
}

/**
 * Compares the people seen with the contacts known. LID first: where a number is stored with one LID
 * and seen with another, the number has changed hands. Of two contacts that are one, the older stays.
 */
export const planIdentities = <Seen extends PersonSeen>(
  known: ReadonlyArray<KnownIdentity>,
  people: ReadonlyArray<Seen>,
): IdentityPlan<Seen> => {
  const draft = new Draft(known)
  const met = people.map((person) => draft.see(person))
  return {
    merges: inRounds(draft.merges),
    changed: draft.changed(),
    strangers: draft.strangers(),
    people: people.map((person, index) => findable(person, met[index]!)),
  }
}

/** A contact while the plan is made; strangers have no id yet. */
interface Person {
  readonly before: KnownIdentity | undefined
  lid: Lid | null
  phoneJid: PhoneJid | null
  /** The one that stayed, once this turned out to be the same person. */
  into?: Person
}

class Draft {
  readonly merges: Array<ContactMerge> = []
  readonly #people = new Set<Person>()
  readonly #byLid = new Map<Lid, Person>()
  readonly #byPhone = new Map<PhoneJid, Person>()
  /** Who the same sighting was, until anybody's addresses change: groups share most of their members. */
  readonly #met = new Map<PersonSeen, Person>()

  constructor(known: ReadonlyArray<KnownIdentity>) {
    for (const before of known) this.#add({ before, ...before })
  }

  see(seen: PersonSeen): Person {
    const met = this.#met.get(seen)
    if (met !== undefined) return met
    const person = this.#find(seen)
    this.#met.set(seen, person)
    return person
  }

  #find(seen: PersonSeen): Person {
    const { lid = null, phoneJid = null }: Partial<Identity> = seen
    const byLid = lid === null ? undefined : this.#byLid.get(lid)
    const byPhone = phoneJid === null ? undefined : this.#holderFor(phoneJid, lid)
    const person = this.#one(byLid, byPhone) ?? this.#add({ before: undefined, lid, phoneJid })
    this.#address(person, lid ?? person.lid, phoneJid ?? person.phoneJid)
    return person
  }

  changed(): ReadonlyArray<KnownIdentity> {
    return [...this.#people].flatMap(({ before, lid, phoneJid }) =>
      before === undefined || (before.lid === lid && before.phoneJid === phoneJid)
        ? []
        : [{ id: before.id, lid, phoneJid }],
    )
  }

  strangers(): ReadonlyArray<Identity> {
    return [...this.#people].flatMap(({ before, lid, phoneJid }) =>
      before === undefined ? [{ lid, phoneJid }] : [],
    )
  }

  /** Whoever has the number, unless it has passed to somebody with another LID. */
  #holderFor(phoneJid: PhoneJid, lid: Lid | null): Person | undefined {
    const holder = this.#byPhone.get(phoneJid)
    if (holder === undefined || lid === null || holder.lid === null || holder.lid === lid)
      return holder
    this.#address(holder, holder.lid, null)
    return undefined
  }

  #one(one: Person | undefined, other: Person | undefined): Person | undefined {
    if (one === undefined || other === undefined || one === other) return one ?? other
    const [stays, goes] = isOlder(other, one) ? [other, one] : [one, other]
    const lid = stays.lid ?? goes.lid
    const phoneJid = stays.phoneJid ?? goes.phoneJid
    this.#address(goes, null, null)
    this.#people.delete(goes)
    goes.into = stays
    this.#address(stays, lid, phoneJid)
    if (goes.before !== undefined)
      this.merges.push({ from: goes.before.id, into: stays.before!.id })
    return stays
  }

  #add(person: Person): Person {
    this.#people.add(person)
    this.#index(person)
    return person
  }

  #address(person: Person, lid: Lid | null, phoneJid: PhoneJid | null) {
    if (person.lid === lid && person.phoneJid === phoneJid) return
    this.#met.clear()
    if (person.lid !== null) this.#byLid.delete(person.lid)
    if (person.phoneJid !== null) this.#byPhone.delete(person.phoneJid)
    Object.assign(person, { lid, phoneJid })
    this.#index(person)
  }

  #index(person: Person) {
    if (person.lid !== null) this.#byLid.set(person.lid, person)
    if (person.phoneJid !== null) this.#byPhone.set(person.phoneJid, person)
  }
}

const isOlder = (one: Person, other: Person) =>
  (one.before?.id ?? Infinity) < (other.before?.id ?? Infinity)

/** A number passes on only from somebody who has a LID, and that is for ever. */
const findable = <Seen extends PersonSeen>(seen: Seen, met: Person): Seen => {
  const { lid, phoneJid } = left(met)
  return seen.lid !== undefined || seen.phoneJid === phoneJid ? seen : { ...seen, lid: lid! }
}

const left = (person: Person): Person => (person.into === undefined ? person : left(person.into))

/** Follows each merge to the contact that is left in the end, and spreads those of one contact. */
const inRounds = (merges: ReadonlyArray<ContactMerge>) => {
  const next = new Map(merges.map(({ from, into }) => [from, into]))
  const rounds: Array<Array<ContactMerge>> = []
  const taken = new Map<ContactId, number>()
  for (const { from } of merges) {
    let into = from
    while (next.has(into)) into = next.get(into)!
    const round = taken.get(into) ?? 0
    taken.set(into, round + 1)
    ;(rounds[round] ??= []).push({ from, into })
  }
  return rounds
}
