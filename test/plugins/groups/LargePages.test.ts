import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { api } from "../../support/Http.ts"
import { Scene } from "./Scene.ts"
import { groupSeen, idleSession, seeing } from "./Stopped.ts"

const groupAt = (number: number) => `1203630000${10_000 + number}@g.us`
const lidAt = (number: number) => `${700_000 + number}@lid`
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index)

type Row = { readonly groupJid: string; readonly lid: string }

/** What is listed, what changes it, and what each row is called. */
interface List {
  readonly path: string
  readonly size: number
  readonly nameOf: (row: Row) => string
  readonly nameAt: (number: number) => string
  /** What WhatsApp tells when so many numbers are there now, and those were before. */
  readonly told: (now: ReadonlySet<number>, before: ReadonlySet<number>) => ReadonlyArray<Sighting>
}

const lists: Readonly<Record<string, List>> = {
  "1 024 members": {
    path: `/groups/${groupAt(0)}/members`,
    size: 1_024,
    nameOf: ({ lid }) => lid,
    nameAt: lidAt,
    told: (now) => [groupSeen(groupAt(0), [...now].map(lidAt))],
  },
  "500 groups": {
    path: "/groups",
    size: 500,
    nameOf: ({ groupJid }) => groupJid,
    nameAt: groupAt,
    told: (now, before) => [
      ...[...now].filter((n) => !before.has(n)).map((n) => groupSeen(groupAt(n), [lidAt(0)])),
      ...[...before]
        .filter((n) => !now.has(n))
        .map((n): Sighting => ({ _tag: "GroupLeft", jid: groupAt(n) as never })),
    ],
  },
}

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("pages", (it) => {
  describe.each(Object.entries(lists))("of %s", (_, { nameAt, nameOf, path, size, told }) => {
    it.effect(
      "hold each row that stays exactly once, while others come and go between them",
      () =>
        Effect.gen(function* () {
          const { alice } = yield* Scene
          const session = yield* idleSession
          let there: ReadonlySet<number> = new Set(range(0, size))
          yield* seeing(session, told(there, new Set()))

          const listed: Array<string> = []
          let [cursor, pages] = ["", 0]
          do {
            const next = cursor === "" ? "" : `&cursor=${cursor}`
            const url = `/sessions/${session}${path}?limit=40${next}`
            const { body } = yield* api(url, { as: alice.key })
            expect(body.data.length).toBeLessThanOrEqual(40)
            listed.push(...body.data.map(nameOf))
            cursor = body.nextCursor
            // One of those that were listed, two of those that were not, and some who are new.
            const gone = new Set([pages * 7, pages * 40 + 41, size - 1 - pages * 3])
            const now = new Set([...there].filter((n) => !gone.has(n)))
            if (pages < 10) range(0, 3).forEach((n) => now.add(size + pages * 3 + n))
            yield* seeing(session, told(now, there))
            there = now
            pages += 1
          } while (cursor !== "")

          expect(new Set(listed).size).toBe(listed.length)
          const stayed = [...there].map(nameAt)
          expect(stayed.filter((name) => !listed.includes(name))).toEqual([])
          expect(pages).toBeGreaterThan(10)
        }),
      60_000,
    )
  })
})
