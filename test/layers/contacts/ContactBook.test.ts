import { SqlClient } from "@effect/sql"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { ulid } from "ulid"
import { Acquaintances, addressesOf } from "../../../layers/contacts/Acquaintances.ts"
import { ContactBook as known } from "../../../layers/contacts/ContactBook.ts"
import { contactRows } from "../../../layers/contacts/ContactRows.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { storeDirectChats } from "../../../plugins/contacts/Sightings.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import type { PersonSeen } from "../../../src/domain/Sighting.ts"
import { ContactBook } from "../../../src/ports/ContactBook.ts"
import { Tenancy } from "../../../src/ports/Tenancy.ts"
import { book, lid, phone, Storage } from "./Book.ts"

const met = (person: PersonSeen) => ({ _tag: "ContactSeen", person }) as const

/** As the gateway itself acts, for whom no policy hides a row. */
const behindTheWall = Effect.provideServiceEffect(SqlClient.SqlClient, SystemSql)

layer(Storage, { excludeTestServices: true })("the contact book", (it) => {
  const recognised = Effect.fn(function* (
    { organization, session }: Effect.Effect.Success<typeof book>,
    ...people: ReadonlyArray<PersonSeen>
  ) {
    const { within } = yield* Tenancy
    const { recognise } = yield* ContactBook
    return yield* recognise(organization, session, people).pipe(within(organization))
  }, Effect.provide(known))

  it.effect("recognises everybody by either address, in the order asked", () =>
    Effect.gen(function* () {
      const one = yield* book
      yield* one.see(met({ lid: lid(1), phoneJid: phone(1) }), met({ lid: lid(2) }))
      const [ada, bob] = (yield* one.contacts).map(({ id }) => id)
      const people = [{ lid: lid(2) }, { phoneJid: phone(1) }, { lid: lid(1) }]
      expect(yield* recognised(one, ...people)).toEqual([bob, ada, ada])
    }),
  )

  it.effect("looks nobody up whom the batch that is being stored has met", () =>
    Effect.gen(function* () {
      const one = yield* book
      const { organization, session } = one
      const addresses = addressesOf([{ id: 7, lid: lid(1), phoneJid: phone(1) }])
      const among = (session: string, ...people: ReadonlyArray<PersonSeen>) =>
        Effect.exit(recognised(one, ...people)).pipe(
          Effect.provideService(Acquaintances, {
            organization,
            session: SessionId.make(session),
            addresses,
          }),
        )
      expect(yield* among(session, { phoneJid: phone(1) })).toEqual(Exit.succeed([7]))
      expect(Exit.isFailure(yield* among(session, { lid: lid(1) }, { lid: lid(2) }))).toBe(true)
      expect(Exit.isFailure(yield* among(ulid(), { lid: lid(1) }))).toBe(true)
    }),
  )

  it.effect.each([{ lid: lid(9) }, { phoneJid: phone(9) }])(
    "takes the stranger %o for nobody else",
    (stranger) =>
      Effect.gen(function* () {
        const one = yield* book
        yield* one.see(met({ phoneJid: phone(1) }), met({ lid: lid(1) }))
        const exit = yield* Effect.exit(recognised(one, { phoneJid: phone(1) }, stranger))
        expect(Exit.isFailure(exit) && String(exit.cause)).toContain("1 of 2 people are in no")
      }),
  )

  describe("without the policies of the tables", () => {
    it.effect("shows and changes nothing of another organization", () =>
      Effect.gen(function* () {
        const one = yield* book
        const other = yield* book
        const ada = { lid: lid(1), phoneJid: phone(1) }
        yield* one.see(met(ada), met({ lid: lid(2) }))
        const before = yield* one.contacts
        const [from, into] = before.map(({ id }) => id) as [number, number]
        const foreign = [other.organization, one.session] as const
        const rows = yield* contactRows
        expect(yield* rows.find(...foreign, [ada])).toEqual([])
        expect(yield* rows.describe(...foreign, [from])).toEqual([])
        yield* rows.join(...foreign, [{ from, into }])
        expect(yield* rows.readdress(...foreign, [{ ...ada, id: into }], 9)).toEqual([])
        expect(yield* rows.rename(...foreign, new Map([[from, { pushName: "X" }]]), 9)).toEqual([])
        expect(yield* one.contacts).toEqual(before)
        expect(yield* rows.find(one.organization, one.session, [ada])).toHaveLength(1)
      }).pipe(behindTheWall),
    )

    it.effect("moves no direct chat of another organization", () =>
      Effect.gen(function* () {
        const one = yield* book
        const other = yield* book
        yield* one.see({ _tag: "DirectChatSeen", person: { lid: lid(1) } }, met({ lid: lid(2) }))
        const before = yield* one.contacts
        const [from, into] = before.map(({ id }) => id) as [number, number]
        const { merge } = yield* storeDirectChats
        yield* merge(other.organization, one.session, [{ from, into }])
        expect(yield* one.contacts).toEqual(before)
      }).pipe(Effect.provide(known), behindTheWall),
    )
  })
})
