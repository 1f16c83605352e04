import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { Events } from "../../../src/ports/Events.ts"
import { book, groupSeen, lid, Storage } from "../../layers/contacts/Book.ts"

const [family, club] = ["120363021234567890@g.us", "120363021234567891@g.us"].map((jid) =>
  GroupJid.make(jid),
) as [GroupJid, GroupJid]

const seen = (jid: GroupJid) => groupSeen(jid, [{ lid: lid(1), role: "admin" }])

const asking = (group: GroupJid, n: number): Sighting => ({
  _tag: "JoinRequestsSeen",
  group,
  requests: [{ lid: lid(n), method: "invite_link", requestedAt: n }],
})

const listed = (...jids: ReadonlyArray<GroupJid>): Sighting => ({ _tag: "GroupsListed", jids })

/** Two groups into each of which somebody asks to be let, and what is told of requests. */
const wanted = Effect.gen(function* () {
  const { organization, see } = yield* book
  const { read } = yield* Events
  yield* see(listed(family, club), seen(family), seen(club))
  yield* see(asking(family, 2))
  yield* see(asking(club, 3))
  const told = Effect.map(read(organization, 0, 100), (all) =>
    all.filter(({ event }) => event === "group.join_request").map(({ payload }) => payload),
  )
  return { see, told }
})

layer(Storage, { excludeTestServices: true })("requests to join a group that was left", (it) => {
  const opened = [
    { groupJid: family, lid: lid(2), status: "open" },
    { groupJid: club, lid: lid(3), status: "open" },
  ]
  const closed = { groupJid: family, lid: lid(2), status: "closed" }

  it.effect.each([
    ["told live", { _tag: "GroupLeft", jid: family }],
    ["found by a list of all groups that is without it", listed(club)],
  ] as const)("are closed when it is %s", ([, leaving]) =>
    Effect.gen(function* () {
      const { see, told } = yield* wanted
      expect(yield* told).toMatchObject(opened)
      yield* see(leaving)
      yield* see(leaving)
      expect(yield* told).toMatchObject([...opened, closed])
    }),
  )
})
