import { describe, expect, layer } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { MemberSeen, Sighting } from "../../../src/domain/Sighting.ts"
import { Events } from "../../../src/ports/Events.ts"
import { Tenancy } from "../../../src/ports/Tenancy.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import { book, groupSeen, lid, phone, Storage } from "./Book.ts"

const family = GroupJid.make("120363021234567890@g.us")

const group = (...members: ReadonlyArray<MemberSeen>) => groupSeen(family, members)

const both = { lid: lid(1), phoneJid: phone(1) }

/** Until the clock has moved on, so that what follows is newer. */
const tick = Effect.flatMap(Clock.currentTimeMillis, (now) =>
  Effect.repeat(Clock.currentTimeMillis, { until: (later) => later > now }),
)

layer(Storage, { excludeTestServices: true })("what a session is told of people", (it) => {
  describe("a late mapping", () => {
    it.effect("joins rows, memberships, the direct chat, both addresses and all names", () =>
      Effect.gen(function* () {
        const { contacts, memberships, see } = yield* book
        yield* see({ _tag: "ContactSeen", person: { phoneJid: phone(1) }, savedName: "Ada" })
        yield* see({ _tag: "DirectChatSeen", person: { phoneJid: phone(1) } })
        yield* see(group({ lid: lid(1), role: "admin" }))
        yield* see({ _tag: "MemberTagged", group: family, member: { lid: lid(1) }, tag: "Aunt" })
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada L." })
        const [older] = yield* contacts
        yield* see({ _tag: "ContactSeen", person: both })
        const after = yield* contacts
        expect(after).toHaveLength(1)
        expect(after[0]).toMatchObject({ ...both, savedName: "Ada", pushName: "Ada L.", dm: true })
        expect(after[0]!.firstSeenAt).toBeLessThanOrEqual(older!.firstSeenAt)
        expect(yield* memberships).toEqual([
          { group: family, member: lid(1), role: "admin", tag: "Aunt", isIn: true },
        ])
      }),
    )

    it.effect("keeps the newer of two names of a kind, whichever contact was named last", () =>
      Effect.gen(function* () {
        const { contacts, see } = yield* book
        const seeNow = (seen: Sighting) => Effect.zipRight(tick, see(seen))
        const byPhone = { phoneJid: phone(1) }
        const byLid = { lid: lid(1) }
        yield* seeNow({ _tag: "ContactSeen", person: byPhone, savedName: "Old", pushName: "Old" })
        yield* seeNow({ _tag: "ContactSeen", person: byLid, savedName: "New", pushName: "Older" })
        // The same again is no news.
        yield* seeNow({ _tag: "ContactSeen", person: byPhone, savedName: "Old", pushName: "New" })
        yield* seeNow({ _tag: "ContactSeen", person: byLid, businessName: "Acme" })
        yield* seeNow({ _tag: "ContactSeen", person: both })
        expect(yield* contacts).toMatchObject([
          { savedName: "New", pushName: "New", businessName: "Acme" },
        ])
      }),
    )

    it.effect("keeps one membership where the person was counted twice", () =>
      Effect.gen(function* () {
        const { memberships, see } = yield* book
        yield* see(group({ lid: lid(1), role: "member" }, { phoneJid: phone(1), role: "member" }))
        yield* see({ _tag: "ContactSeen", person: both })
        expect(yield* memberships).toHaveLength(1)
      }),
    )

    it.effect("is told once as contact.merged, with the contact as it is now", () =>
      Effect.gen(function* () {
        const { contacts, see, told } = yield* book
        yield* see({ _tag: "ContactSeen", person: { phoneJid: phone(1) }, savedName: "Ada" })
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada L." })
        const gone = (yield* contacts).find((contact) => contact.lid !== null)!
        const before = yield* told
        yield* see({ _tag: "ContactSeen", person: both })
        const [stays] = yield* contacts
        expect((yield* told).slice(before.length)).toEqual([
          {
            event: "contact.merged",
            payload: {
              from: { id: gone.id, lid: lid(1), phoneJid: "" },
              into: {
                id: stays!.id,
                lid: lid(1),
                phoneJid: phone(1),
                phoneNumber: phone(1).split("@")[0],
                name: "Ada",
                businessName: "",
                firstSeenAt: stays!.firstSeenAt,
                updatedAt: stays!.updatedAt,
              },
            },
          },
        ])
      }),
    )

    it.effect("that is undone leaves no event behind", () =>
      Effect.gen(function* () {
        const { contacts, organization, see, session, told } = yield* book
        const { within } = yield* Tenancy
        const sightings = yield* Sightings
        yield* see({ _tag: "ContactSeen", person: { phoneJid: phone(1) }, savedName: "Ada" })
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada L." })
        const before = [yield* contacts, yield* told]
        yield* sightings
          .store(organization, session, [{ _tag: "ContactSeen", person: both }])
          .pipe(Effect.zipRight(Effect.fail("no")), within(organization), Effect.ignore)
        expect([yield* contacts, yield* told]).toEqual(before)
      }),
    )
  })

  describe("contact.updated", () => {
    it.effect("comes for somebody new, a new name and a new number, one for each batch", () =>
      Effect.gen(function* () {
        const { see, told } = yield* book
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada" })
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Ada L." })
        yield* see({ _tag: "ContactSeen", person: both })
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1), phoneJid: phone(2) } })
        expect(
          (yield* told).map(({ event, payload }) => [event, payload.name, payload.phoneJid]),
        ).toEqual([
          ["contact.updated", "Ada", ""],
          ["contact.updated", "Ada L.", ""],
          ["contact.updated", "Ada L.", phone(1)],
          ["contact.updated", "Ada L.", phone(2)],
        ])
      }),
    )

    it.effect("comes for both where a number passes to another LID", () =>
      Effect.gen(function* () {
        const { see, told } = yield* book
        yield* see({ _tag: "ContactSeen", person: both })
        yield* see({ _tag: "ContactSeen", person: { lid: lid(2), phoneJid: phone(1) } })
        expect(
          (yield* told).slice(1).map(({ payload }) => [payload.lid, payload.phoneJid]),
        ).toEqual([
          [lid(1), ""],
          [lid(2), phone(1)],
        ])
      }),
    )

    it.effect("does not come when the same is told again, nor for chats and groups", () =>
      Effect.gen(function* () {
        const { contacts, see, told } = yield* book
        const ada: Sighting = { _tag: "ContactSeen", person: both, pushName: "Ada" }
        yield* see(ada)
        const before = yield* contacts
        yield* see(ada, { _tag: "ContactSeen", person: { lid: lid(1) } })
        yield* see({ _tag: "DirectChatSeen", person: both }, group({ ...both, role: "member" }))
        expect(yield* told).toHaveLength(1)
        expect(yield* contacts).toEqual(before.map((contact) => ({ ...contact, dm: true })))
      }),
    )

    it.effect("says the name that was told last in a batch", () =>
      Effect.gen(function* () {
        const { see, told } = yield* book
        yield* see(
          { _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "Zoe" },
          { _tag: "ContactSeen", person: both, pushName: "Ada" },
        )
        expect((yield* told).map(({ payload }) => payload.name)).toEqual(["Ada"])
      }),
    )
  })

  it.effect("is nothing to another organization", () =>
    Effect.gen(function* () {
      const { see } = yield* book
      yield* see({ _tag: "ContactSeen", person: both, pushName: "Ada" })
      const other = yield* book
      expect(yield* other.contacts).toEqual([])
      expect(yield* (yield* Events).read(other.organization, 0, 10)).toEqual([])
    }),
  )
})
