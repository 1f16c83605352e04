import { Clock, Context, Effect, Layer } from "effect"
import type { Contact } from "../../src/domain/Contact.ts"
import { contactMerged, contactUpdated } from "../../src/domain/ContactEvent.ts"
import type { Happening } from "../../src/domain/Event.ts"
import { phoneNumberOf } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { PersonSeen, Sighting } from "../../src/domain/Sighting.ts"
import type { ContactMerge } from "../../src/Plugin.ts"
import type { ContactId } from "../../src/ports/ContactBook.ts"
import { Events } from "../../src/ports/Events.ts"
import { type Acquaintances, type Addresses, addressesOf } from "./Acquaintances.ts"
import { recogniseIn } from "./ContactBook.ts"
import { contactRows, type Names } from "./ContactRows.ts"
import { type KnownIdentity, planIdentities } from "./Identities.ts"
import { peopleIn, withPeople } from "./People.ts"

type ContactSeen = Extract<Sighting, { readonly _tag: "ContactSeen" }>

/** Lets the owners of rows that belong to a contact hand them over before it goes. */
export type HandOver = (merges: ReadonlyArray<ContactMerge>) => Effect.Effect<void>

/** Whom a batch of sightings has changed. */
interface Changes {
  readonly merged: ReadonlyArray<{ readonly from: KnownIdentity; readonly into: ContactId }>
  readonly changed: ReadonlyArray<ContactId>
  /** As they are where nobody has named them since. */
  readonly entered: ReadonlyArray<Contact>
}

export interface Kept {
  readonly sightings: ReadonlyArray<Sighting>
  readonly acquaintances: typeof Acquaintances.Service
}

/** Keeps the contacts of a session true. */
export class ContactKeeper extends Context.Tag("layers/contacts/ContactKeeper")<
  ContactKeeper,
  {
    /**
     * Enters strangers, follows numbers, joins contacts that are one person, names them, and logs
     * what has changed. Returns the sightings with everybody by an address that the contact book
     * knows them by afterwards, and whom they name. All of it joins the caller's transaction.
     */
    readonly keep: (
      organization: OrganizationId,
      session: SessionId,
      sightings: ReadonlyArray<Sighting>,
      handOver: HandOver,
    ) => Effect.Effect<Kept>
  }
>() {
  static readonly layer = Layer.effect(
    ContactKeeper,
    Effect.gen(function* () {
      const rows = yield* contactRows
      const events = yield* Events

      const meet = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        people: ReadonlyArray<PersonSeen>,
        handOver: HandOver,
      ) {
        const now = yield* Clock.currentTimeMillis
        const of = [organization, session] as const
        const known = yield* rows.find(...of, people)
        const { changed, merges, strangers, ...plan } = planIdentities(known, people)
        for (const round of merges) {
          yield* handOver(round)
          yield* rows.join(...of, round)
        }
        const moved = changed.length === 0 ? [] : yield* rows.readdress(...of, changed, now)
        const entered = strangers.length === 0 ? [] : yield* rows.enter(...of, strangers, now)
        const isAsKnown = merges.length === 0 && changed.length === 0
        const byId = new Map(known.map((identity) => [identity.id, identity]))
        const merged = merges.flat().map(({ from, into }) => ({ from: byId.get(from)!, into }))
        return {
          merged,
          changed: moved,
          entered: entered.map((one) => unnamed(one, now)),
          people: plan.people,
          addresses: isAsKnown ? addressesOf([...known, ...entered]) : undefined,
        }
      })

      const name = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        named: ReadonlyArray<ContactSeen>,
        met: Addresses | undefined,
      ) {
        const sayAnything = named.filter((seen) => Object.keys(namesOf(seen)).length > 0)
        if (sayAnything.length === 0) return []
        const people = sayAnything.map(({ person }) => person)
        const addresses = met ?? addressesOf(yield* rows.find(organization, session, people))
        const contacts = yield* recogniseIn(addresses, people)
        const names = new Map<ContactId, Names>()
        sayAnything.forEach((seen, index) => {
          const id = contacts[index]!
          names.set(id, { ...names.get(id), ...namesOf(seen) })
        })
        return yield* rows.rename(organization, session, names, yield* Clock.currentTimeMillis)
      })

      const tell = Effect.fnUntraced(function* (
        organization: OrganizationId,
        session: SessionId,
        { changed, entered, merged }: Changes,
      ) {
        const ids = new Set([...changed, ...merged.map(({ into }) => into)])
        const nameless = entered.filter(({ id }) => !ids.has(id))
        const described =
          ids.size === 0 ? [] : yield* rows.describe(organization, session, [...ids])
        const contacts = [...described, ...nameless].sort((one, other) => one.id - other.id)
        yield* events.append(organization, session, happenings(contacts, merged))
      })

      return {
        keep: (organization, session, sightings, handOver) =>
          Effect.gen(function* () {
            const people = peopleIn(sightings)
            if (people.length === 0) return { sightings, acquaintances: null }
            const met = yield* meet(organization, session, people, handOver)
            const isAsSeen = met.people.every((person, index) => person === people[index])
            const findable = isAsSeen ? sightings : withPeople(sightings, met.people)
            const { addresses } = met
            const named = findable.filter(isContactSeen)
            const renamed = yield* name(organization, session, named, addresses)
            yield* tell(organization, session, {
              merged: met.merged,
              changed: [...met.changed, ...renamed],
              entered: met.entered,
            })
            return {
              sightings: findable,
              acquaintances: addresses === undefined ? null : { organization, session, addresses },
            }
          }).pipe(Effect.orDie),
      }
    }),
  )
}

const isContactSeen = (sighting: Sighting): sighting is ContactSeen =>
  sighting._tag === "ContactSeen"

const namesOf = ({ businessName, pushName, savedName }: ContactSeen): Names => ({
  ...(savedName ? { savedName } : {}),
  ...(pushName ? { pushName } : {}),
  ...(businessName ? { businessName } : {}),
})

/** Somebody who has just been entered, of whom nothing is known but where to write. */
const unnamed = ({ id, lid, phoneJid }: KnownIdentity, now: number): Contact => ({
  businessName: "",
  firstSeenAt: now,
  id,
  lid: lid ?? "",
  name: "",
  phoneJid: phoneJid ?? "",
  phoneNumber: phoneJid === null ? "" : phoneNumberOf(phoneJid),
  updatedAt: now,
})

/** Merges first: whoever follows the log meets nobody twice. */
const happenings = (
  contacts: ReadonlyArray<Contact>,
  merged: Changes["merged"],
): ReadonlyArray<Happening> => {
  const byId = new Map(contacts.map((contact) => [contact.id, contact]))
  const stayed = new Set(merged.map(({ into }) => into))
  return [
    ...merged.map(({ from, into }) =>
      contactMerged({
        from: { id: from.id, lid: from.lid ?? "", phoneJid: from.phoneJid ?? "" },
        into: byId.get(into)!,
      }),
    ),
    ...contacts.filter(({ id }) => !stayed.has(id)).map(contactUpdated),
  ]
}
