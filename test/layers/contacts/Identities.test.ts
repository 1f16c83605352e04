import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { type KnownIdentity, planIdentities } from "../../../layers/contacts/Identities.ts"
import { Lid, PhoneJid } from "../../../src/domain/Jid.ts"
import type { PersonSeen } from "../../../src/domain/Sighting.ts"

const lid = (n: number) => Lid.make(`20000000${n}@lid`)
const phone = (n: number) => PhoneJid.make(`6280000${n}@s.whatsapp.net`)

/** Contacts as the database would hold them after the plan. */
const apply = (known: ReadonlyArray<KnownIdentity>, people: ReadonlyArray<PersonSeen>) => {
  const plan = planIdentities(known, people)
  const gone = new Set(plan.merges.flat().map(({ from }) => from))
  const changed = new Map(plan.changed.map((identity) => [identity.id, identity]))
  const next = Math.max(0, ...known.map(({ id }) => id)) + 1
  return [
    ...known.filter(({ id }) => !gone.has(id)).map((one) => changed.get(one.id) ?? one),
    ...plan.strangers.map((identity, index) => ({ ...identity, id: next + index })),
  ].map(({ id, lid, phoneJid }) => ({ id, lid, phoneJid }))
}

const addresses = (contacts: ReadonlyArray<KnownIdentity>) =>
  contacts.map(({ lid, phoneJid }) => `${lid} ${phoneJid}`).sort()

describe("planIdentities", () => {
  it("enters a stranger once, however often they are seen", () => {
    expect(apply([], [{ lid: lid(1) }, { lid: lid(1) }])).toEqual([
      { id: 1, lid: lid(1), phoneJid: null },
    ])
  })

  it("joins a LID and a number once they are said to be one, keeping the older contact", () => {
    const known = [
      { id: 4, lid: null, phoneJid: phone(1) },
      { id: 7, lid: lid(1), phoneJid: null },
    ]
    const seen = [{ lid: lid(1), phoneJid: phone(1) }]
    expect(planIdentities(known, seen).merges).toEqual([[{ from: 7, into: 4 }]])
    expect(apply(known, seen)).toEqual([{ id: 4, lid: lid(1), phoneJid: phone(1) }])
  })

  it("follows a person to a new number", () => {
    const known = [{ id: 1, lid: lid(1), phoneJid: phone(1) }]
    expect(apply(known, [{ lid: lid(1), phoneJid: phone(2) }])).toEqual([
      { id: 1, lid: lid(1), phoneJid: phone(2) },
    ])
  })

  it("takes a number from its former owner when it passed to another LID", () => {
    const known = [{ id: 1, lid: lid(1), phoneJid: phone(1) }]
    expect(apply(known, [{ lid: lid(2), phoneJid: phone(1) }])).toEqual([
      { id: 1, lid: lid(1), phoneJid: null },
      { id: 2, lid: lid(2), phoneJid: phone(1) },
    ])
  })

  it("joins two contacts that are numbers of a third, one round after the other", () => {
    const known = [
      { id: 1, lid: null, phoneJid: phone(1) },
      { id: 2, lid: null, phoneJid: phone(2) },
      { id: 3, lid: lid(3), phoneJid: null },
    ]
    const seen = [
      { lid: lid(3), phoneJid: phone(1) },
      { lid: lid(3), phoneJid: phone(2) },
    ]
    expect(planIdentities(known, seen).merges).toEqual([
      [{ from: 3, into: 1 }],
      [{ from: 2, into: 1 }],
    ])
    expect(apply(known, seen)).toEqual([{ id: 1, lid: lid(3), phoneJid: phone(2) }])
  })

  it("names the contact that is left in the end where one that stayed goes as well", () => {
    const known = [
      { id: 1, lid: null, phoneJid: phone(1) },
      { id: 2, lid: null, phoneJid: phone(2) },
      { id: 3, lid: lid(3), phoneJid: null },
    ]
    const seen = [
      { lid: lid(3), phoneJid: phone(2) },
      { lid: lid(3), phoneJid: phone(1) },
    ]
    expect(planIdentities(known, seen).merges).toEqual([
      [{ from: 3, into: 1 }],
      [{ from: 2, into: 1 }],
    ])
  })

  it("enters the one who comes after with a number that a merge has set free", () => {
    const known = [
      { id: 3, lid: null, phoneJid: phone(2) },
      { id: 7, lid: lid(1), phoneJid: phone(1) },
    ]
    const seen = [{ lid: lid(1), phoneJid: phone(2) }, { phoneJid: phone(1) }]
    expect(apply(known, seen)).toEqual([
      { id: 3, lid: lid(1), phoneJid: phone(2) },
      { id: 8, lid: null, phoneJid: phone(1) },
    ])
  })

  it("changes nothing when everybody is known as they are seen", () => {
    const known = [{ id: 1, lid: lid(1), phoneJid: phone(1) }]
    const plan = planIdentities(known, [{ lid: lid(1) }, { phoneJid: phone(1) }])
    expect(plan).toMatchObject({ merges: [], changed: [], strangers: [] })
  })

  it("calls by LID who was seen by a number that passed on later", () => {
    const known = [{ id: 1, lid: lid(1), phoneJid: phone(1) }]
    const seen = [
      { phoneJid: phone(1) },
      { lid: lid(2), phoneJid: phone(1) },
      { phoneJid: phone(1) },
      { lid: lid(1), phoneJid: phone(3) },
      { phoneJid: phone(4) },
      { lid: lid(5), phoneJid: phone(4) },
      { lid: lid(5), phoneJid: phone(6) },
    ]
    const { people } = planIdentities(known, seen)
    expect(people[0]).toEqual({ lid: lid(1), phoneJid: phone(1) })
    expect(people[4]).toEqual({ lid: lid(5), phoneJid: phone(4) })
    const others = [1, 2, 3, 5, 6]
    expect(others.map((at) => people[at])).toEqual(others.map((at) => seen[at]))
  })

  it("follows a number that goes away and comes back", () => {
    const known = [{ id: 1, lid: lid(1), phoneJid: phone(1) }]
    const seen = [1, 2, 1].map((n) => ({ lid: lid(1), phoneJid: phone(n) }))
    expect(apply(known, seen)).toEqual(known)
  })

  it("makes nothing of whether who is seen again is the same object", () => {
    const number = FastCheck.nat(3)
    const person = FastCheck.oneof(
      FastCheck.record({ lid: number.map(lid) }),
      FastCheck.record({ phoneJid: number.map(phone) }),
      FastCheck.record({ lid: number.map(lid), phoneJid: number.map(phone) }),
    )
    const few = FastCheck.array(person, { minLength: 4, maxLength: 4 })
    FastCheck.assert(
      FastCheck.property(
        few.chain((people) =>
          FastCheck.array(FastCheck.constantFrom(...people), { maxLength: 20 }),
        ),
        (seen) => {
          const copies = seen.map((one) => ({ ...one }))
          expect(planIdentities([], seen)).toEqual(planIdentities([], copies))
        },
      ),
      { numRuns: 500 },
    )
  })

  it("comes to the same contacts in any order and any batches", () => {
    const person = FastCheck.tuple(
      FastCheck.nat(30),
      FastCheck.constantFrom("lid", "phone", "both"),
    )
    const seen = ([n, how]: readonly [number, string]): PersonSeen => {
      if (how === "lid") return { lid: lid(n) }
      return how === "phone" ? { phoneJid: phone(n) } : { lid: lid(n), phoneJid: phone(n) }
    }
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(person, { minLength: 200, maxLength: 200 }),
        FastCheck.infiniteStream(FastCheck.integer({ min: 1, max: 20 })),
        (people, sizes) => {
          const inOrder = apply([], people.map(seen))
          let shuffled: ReadonlyArray<KnownIdentity> = []
          const rest = people.map(seen).toReversed()
          while (rest.length > 0) {
            shuffled = apply(shuffled, rest.splice(0, sizes.next().value as number))
          }
          expect(addresses(shuffled)).toEqual(addresses(inOrder))
        },
      ),
      { numRuns: 50 },
    )
  })
})
