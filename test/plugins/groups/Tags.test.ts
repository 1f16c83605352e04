import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { Events } from "../../../src/ports/Events.ts"
import { book, groupSeen, lid, phone, Storage } from "../../layers/contacts/Book.ts"

const family = GroupJid.make("120363021234567890@g.us")

type MemberTagged = Extract<Sighting, { readonly _tag: "MemberTagged" }>

const seen = (...members: ReadonlyArray<number>) =>
  groupSeen(
    family,
    members.map((n) => ({ lid: lid(n), role: "member" })),
  )

const tagged = (n: number, tag: string): MemberTagged => ({
  _tag: "MemberTagged",
  group: family,
  member: { lid: lid(n) },
  tag,
})

/** A group of one that is known, and what is told of its members after that. */
const known = Effect.gen(function* () {
  const one = yield* book
  yield* one.see({ _tag: "GroupsListed", jids: [family] }, seen(1))
  const { read } = yield* Events
  const told = Effect.map(read(one.organization, 0, 100), (all) =>
    all
      .filter(({ event }) => event === "group.members")
      .flatMap(({ payload }) => (payload as { changes: ReadonlyArray<object> }).changes),
  )
  return { ...one, told }
})

layer(Storage, { excludeTestServices: true })("a member's tag", (it) => {
  it.effect("that comes before the member is there with the member, and told once", () =>
    Effect.gen(function* () {
      const { memberships, see, told } = yield* known
      yield* see(tagged(2, "Aunt"))
      expect(yield* told).toEqual([])
      expect((yield* memberships).filter(({ isIn }) => isIn)).toHaveLength(1)
      yield* see(seen(1, 2))
      expect(yield* memberships).toMatchObject([{ tag: "" }, { tag: "Aunt", isIn: true }])
      expect(yield* told).toMatchObject([{ change: "joined", lid: lid(2), tag: "Aunt" }])
    }),
  )

  it.effect("is kept, but not told, where the member has left", () =>
    Effect.gen(function* () {
      const { memberships, see, told } = yield* known
      yield* see(seen(1, 2), tagged(2, "Aunt"))
      yield* see(seen(1))
      yield* see(tagged(2, "Captain"))
      yield* see(seen(1, 2))
      expect(yield* memberships).toMatchObject([{ tag: "" }, { tag: "Captain", isIn: true }])
      expect(yield* told).toMatchObject([
        { change: "joined", lid: lid(2) },
        { change: "tagged", tag: "Aunt" },
        { change: "left", tag: "Aunt" },
        { change: "joined", tag: "Captain" },
      ])
    }),
  )

  it.effect("that comes before the group is there with the group, as it was last", () =>
    Effect.gen(function* () {
      const { memberships, see } = yield* book
      yield* see(tagged(1, "Uncle"), tagged(2, "Aunt"), tagged(3, "Cousin"))
      yield* see(tagged(1, "Captain"), tagged(3, ""))
      expect(yield* memberships).toEqual([])
      yield* see(seen(1, 2, 3))
      const all = [{ tag: "Captain" }, { tag: "Aunt" }, { tag: "" }]
      expect(yield* memberships).toMatchObject(all.map((one) => ({ ...one, isIn: true })))
    }),
  )

  it.effect("that comes before the group is the person's, by whatever address it came", () =>
    Effect.gen(function* () {
      const { memberships, see } = yield* book
      yield* see({ _tag: "ContactSeen", person: { lid: lid(1) }, pushName: "One" })
      yield* see({ ...tagged(1, "Captain"), member: { phoneJid: phone(1) } })
      yield* see({ _tag: "ContactSeen", person: { lid: lid(1), phoneJid: phone(1) } })
      yield* see(seen(1, 2))
      expect(yield* memberships).toMatchObject([{ tag: "Captain" }, { tag: "" }])
    }),
  )

  it.effect("that is cleared makes nobody a former member", () =>
    Effect.gen(function* () {
      const { memberships, see } = yield* known
      yield* see(tagged(2, ""))
      expect(yield* memberships).toHaveLength(1)
    }),
  )
})
