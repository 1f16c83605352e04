import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { GroupUpdated } from "../../../plugins/groups/Events.ts"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { GroupSettingsSeen, Sighting } from "../../../src/domain/Sighting.ts"
import { Events } from "../../../src/ports/Events.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import { Tenancy } from "../../../src/ports/Tenancy.ts"
import { book, groupSeen, lid, Storage } from "../../layers/contacts/Book.ts"

type GroupSeen = Extract<Sighting, { readonly _tag: "GroupSeen" }>

const family = GroupJid.make("120363021234567890@g.us")
const settings: GroupSettingsSeen = {
  joinApproval: false,
  memberAddMode: "admins",
  disappearingSeconds: 0,
}

const seen = (change: Partial<GroupSeen>) =>
  groupSeen(family, [{ lid: lid(1), role: "member" }], { settings, ...change })

/** A group that is known, and what is told of it after that. */
const known = Effect.gen(function* () {
  const one = yield* book
  yield* one.see({ _tag: "GroupsListed", jids: [family] }, seen({}))
  const { read } = yield* Events
  const all = Effect.map(read(one.organization, 0, 100), (events) =>
    events.filter(({ event }) => event.startsWith("group.")),
  )
  const already = (yield* all).length
  const told = Effect.map(all, (events) =>
    events.slice(already).map(({ event, payload }) => {
      const { changed, group } = payload as typeof GroupUpdated.Type
      return { event, changed, group }
    }),
  )
  return { ...one, told }
})

const event = "group.updated"

layer(Storage, { excludeTestServices: true })("a change of a group", (it) => {
  const each: ReadonlyArray<readonly [changed: string, Partial<GroupSeen>]> = [
    ["subject", { subject: "Relatives" }],
    ["description", { description: "All of us" }],
    ["isAnnounce", { isAnnounce: true }],
    ["isLocked", { isLocked: true }],
    ["joinApproval", { settings: { ...settings, joinApproval: true } }],
    ["memberAddMode", { settings: { ...settings, memberAddMode: "members" } }],
    ["disappearingSeconds", { settings: { ...settings, disappearingSeconds: 86_400 } }],
  ]

  it.effect.each(each)("of its %s is one event, and one when it is taken back", ([name, change]) =>
    Effect.gen(function* () {
      const { see, told } = yield* known
      yield* see(seen(change))
      yield* see(seen(change))
      expect(yield* told).toMatchObject([{ event, changed: [name] }])
      yield* see(seen({}))
      expect(yield* told).toMatchObject([{ changed: [name] }, { event, changed: [name] }])
    }),
  )

  it.effect("is one event with every other since the last look, as it is in the end", () =>
    Effect.gen(function* () {
      const { see, told } = yield* known
      yield* see(seen({ subject: "First" }), seen({ subject: "Last", isLocked: true }))
      expect(yield* told).toMatchObject([
        { event, changed: ["subject", "isLocked"], group: { subject: "Last", isLocked: true } },
      ])
    }),
  )

  it.effect("is none where it was taken back before the next look", () =>
    Effect.gen(function* () {
      const { see, told } = yield* known
      yield* see(seen({ subject: "Relatives", isAnnounce: true }), seen({}))
      expect(yield* told).toEqual([])
    }),
  )

  it.effect("that is undone leaves no event behind, nor any row", () =>
    Effect.gen(function* () {
      const { memberships, organization, session, told } = yield* known
      const before = yield* memberships
      const sightings = yield* Sightings
      const { within } = yield* Tenancy
      const members = [1, 2].map((n) => ({ lid: lid(n), role: "admin" }) as const)
      const store = sightings.store(organization, session, [seen({ subject: "Never", members })])
      yield* store.pipe(Effect.zipRight(Effect.fail("no")), within(organization), Effect.ignore)
      expect([yield* told, yield* memberships]).toEqual([[], before])
      yield* within(organization)(store)
      expect((yield* told).map(({ event }) => event)).toEqual([event, "group.members"])
      expect(yield* memberships).toHaveLength(2)
    }),
  )
})
