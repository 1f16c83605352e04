import { expect, layer } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { GroupJid } from "../../../../src/domain/Jid.ts"
import type { MemberSeen, Sighting } from "../../../../src/domain/Sighting.ts"
import { book, lid, phone, Storage } from "../../../layers/contacts/Book.ts"

const size = 500
const groups = [1, 2, 3, 4]
const peopleOf = (group: number) =>
  Array.from({ length: size }, (_, index) => 10_000 + group * size + index)

/** Everybody in it twice, under either address: nobody knows yet that they are the same. */
const groupOf = (group: number): Sighting => ({
  _tag: "GroupSeen",
  jid: GroupJid.make(`12036300000000000${group}@g.us`),
  subject: "Large",
  description: "",
  owner: undefined,
  createdAtWa: undefined,
  isAnnounce: false,
  isLocked: false,
  members: peopleOf(group).flatMap((n): ReadonlyArray<MemberSeen> => [
    { lid: lid(n), role: "member" },
    { phoneJid: phone(n), role: "admin" },
  ]),
})

const mappings = groups
  .flatMap(peopleOf)
  .map((n): Sighting => ({ _tag: "ContactSeen", person: { lid: lid(n), phoneJid: phone(n) } }))

layer(Storage, { excludeTestServices: true, timeout: "60 seconds" })(
  "contacts that merge",
  (it) => {
    it.effect(
      "take not much longer than it took to store their groups, though the database knows no statistics yet",
      () =>
        Effect.gen(function* () {
          const { memberships, see } = yield* book
          const [entering] = yield* Effect.timed(see(...groups.map(groupOf)))
          const [merging] = yield* Effect.timed(see(...mappings))
          const left = yield* memberships
          expect(left).toHaveLength(groups.length * size)
          expect(
            new Set(left.map(({ member, role }) => `${role} ${member.split("@")[1]}`)),
          ).toEqual(new Set(["member lid"]))
          // One by one it took fifteen times as long.
          expect(Duration.toMillis(merging) / Duration.toMillis(entering)).toBeLessThan(4)
        }),
      60_000,
    )
  },
)
