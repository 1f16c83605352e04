import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { api } from "../../support/Http.ts"
import { Scene } from "./Scene.ts"
import { groupSeen, idleSession, seeing } from "./Stopped.ts"

const jidOf = (number: number) => `1203630000${1000 + number}@g.us`
const lidOf = (number: number) => `${700_000 + number}@lid`
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index)

/** A session that knows so many groups, the first of them with as many members. */
const session = Effect.fn(function* (size: number) {
  const id = yield* idleSession
  const people = range(0, size).map(lidOf)
  const groups = range(0, size).map((number) =>
    groupSeen(jidOf(number), number === 0 ? people : people.slice(0, 1)),
  )
  yield* seeing(id, groups)
  return id
})

const get = (session: string, path: string) =>
  Effect.flatMap(Scene, ({ alice }) => api(`/sessions/${session}${path}`, { as: alice.key }))

type Row = { readonly id: number; readonly groupJid: string; readonly lid: string }

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("pages", (it) => {
  const lists = [
    ["listGroups", "/groups", ({ groupJid }: Row) => groupJid, jidOf],
    ["listGroupMembers", `/groups/${jidOf(0)}/members`, ({ lid }: Row) => lid, lidOf],
  ] as const

  describe.each(lists)("of %s", (_, path, nameOf, nameAt) => {
    const names = (rows: ReadonlyArray<Row>) => rows.map(nameOf)
    const wanted = (from: number, to: number) => range(from, to).map(nameAt)

    it.effect("hold the whole list when no limit is given", () =>
      Effect.gen(function* () {
        const { body } = yield* get(yield* session(230), path)
        expect(names(body.data)).toEqual(wanted(0, 230))
        expect(body.nextCursor).toBe("")
      }),
    )

    it.effect("hold as many as asked, never more than 200, and 50 for 0", () =>
      Effect.gen(function* () {
        const id = yield* session(230)
        for (const [limit, size] of [
          [1, 1],
          [200, 200],
          [100_000, 200],
          [0, 50],
        ] as const) {
          const { body } = yield* get(id, `${path}?limit=${limit}`)
          expect(names(body.data)).toEqual(wanted(0, size))
          expect(body.nextCursor).not.toBe("")
        }
      }),
    )

    it.effect("follow each other without a gap, to an end", () =>
      Effect.gen(function* () {
        const id = yield* session(7)
        const seen: Array<string> = []
        let cursor = ""
        do {
          const next = cursor === "" ? "" : `&cursor=${cursor}`
          const { body } = yield* get(id, `${path}?limit=3${next}`)
          seen.push(...names(body.data))
          cursor = body.nextCursor
        } while (cursor !== "")
        expect(seen).toEqual(wanted(0, 7))
      }),
    )

    it.effect("end exactly where the list does", () =>
      Effect.gen(function* () {
        const { body } = yield* get(yield* session(3), `${path}?limit=3`)
        expect([body.data.length, body.nextCursor]).toEqual([3, ""])
      }),
    )

    it.effect("refuse a limit and a cursor that can not be, naming them", () =>
      Effect.gen(function* () {
        const id = yield* session(3)
        const first = yield* get(id, `${path}?limit=1`)
        const other = path === "/groups" ? lists[1][1] : "/groups"
        const foreign = yield* get(id, `${other}?limit=1`)
        const cases = [
          ["limit=-1", "limit"],
          ["limit=ten", "limit"],
          ["limit=1&limit=2", "limit"],
          ["cursor=", "cursor"],
          ["cursor=2", "cursor"],
          [`cursor=${first.body.nextCursor.slice(0, -1)}`, "cursor"],
          [`cursor=${first.body.nextCursor}${first.body.nextCursor}`, "cursor"],
          ["limit=1&cursor=eyJpZCI6MX0", "cursor"],
          ...(foreign.body.nextCursor === ""
            ? []
            : [[`cursor=${foreign.body.nextCursor}`, "cursor"]]),
        ]
        for (const [query, field] of cases) {
          const { body, status } = yield* get(id, `${path}?${query}`)
          expect([query, status]).toEqual([query, 400])
          expect(body.error.details.fields.map(({ path }: { path: string }) => path)).toEqual([
            field,
          ])
        }
      }),
    )
  })

  it.effect("stay where they were while groups and members come and go", () =>
    Effect.gen(function* () {
      const id = yield* session(6)
      const groups = yield* get(id, "/groups?limit=2")
      const members = yield* get(id, `/groups/${jidOf(0)}/members?limit=2`)
      const remaining = [0, 2, 3, 4, 5, 6].map(lidOf)
      yield* seeing(id, [
        groupSeen(jidOf(0), [lidOf(6), ...remaining.toReversed()]),
        groupSeen(jidOf(9), [lidOf(0)]),
        { _tag: "GroupLeft", jid: jidOf(1) as never },
        { _tag: "GroupLeft", jid: jidOf(3) as never },
      ])
      const after = yield* get(id, `/groups?limit=50&cursor=${groups.body.nextCursor}`)
      const rest = yield* get(
        id,
        `/groups/${jidOf(0)}/members?limit=50&cursor=${members.body.nextCursor}`,
      )
      expect(after.body.data.map(({ groupJid }: Row) => groupJid)).toEqual([2, 4, 5, 9].map(jidOf))
      expect(rest.body.data.map(({ lid }: Row) => lid)).toEqual([2, 3, 4, 5, 6].map(lidOf))
    }),
  )
})
