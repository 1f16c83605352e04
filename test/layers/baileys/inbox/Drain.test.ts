import { layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { makeDrain } from "../../../../layers/baileys/inbox/Drain.ts"
import { InboxRows } from "../../../../layers/baileys/inbox/InboxRows.ts"
import { hashOf, type Letter } from "../../../../layers/baileys/inbox/Letter.ts"
import { SystemSql } from "../../../../layers/Postgres.ts"
import * as Database from "../../../support/Database.ts"
import { PlainSafes } from "../../../support/PlainSafes.ts"
import { eventually, organization, sightingsInMemory, storedSession } from "../../sessions/Stage.ts"

const Inbox = Layer.merge(InboxRows.Default, sightingsInMemory([])).pipe(
  Layer.provide(PlainSafes),
  Layer.provideMerge(Database.layer),
)

const me = { id: "6281234567890:1@s.whatsapp.net", lid: undefined }

const letter = (id: string, category?: string): Letter & { readonly kind: "decrypted" } => ({
  kind: "decrypted",
  attrs: { id, from: "205227043110953@lid", t: "1", ...(category && { category }) },
  encryption: "msg",
  part: 0,
  plaintext: Buffer.from([1]),
})

interface Kept {
  readonly id: string
  readonly isTaken: boolean
  readonly problem: string | null
}

layer(Inbox, { excludeTestServices: true })("A letter that can not be taken in", (it) => {
  /** What became of these, the one called "broken" of which nobody can read. */
  const drained = Effect.fn(function* (...letters: ReadonlyArray<ReturnType<typeof letter>>) {
    const sql = yield* SystemSql
    const rows = yield* InboxRows
    const org = yield* organization
    const session = yield* storedSession(org)
    const ids = new Map<string, string>()
    for (const one of letters) {
      const { id = "" } = one.attrs
      const hash = hashOf(Buffer.from(session + id))
      ids.set(hash, id)
      yield* rows.insert(org, session, hash, one)
      if (id === "broken")
        yield* sql`UPDATE inbox SET content = 'torn' WHERE hash = decode(${hash}, 'hex')`
    }
    const { wake } = yield* makeDrain(org, session, () => me)
    wake()
    const kept = Effect.map(
      sql<{ hash: string; isTaken: boolean; problem: string | null }>`
        SELECT encode(hash, 'hex') AS hash, taken_at IS NOT NULL AS "isTaken", problem
        FROM inbox WHERE session_id = ${session} ORDER BY position`,
      (found) => found.map(({ hash, ...one }): Kept => ({ id: ids.get(hash)!, ...one })),
    )
    const isLastTaken = (found: ReadonlyArray<Kept>) => found.at(-1)?.isTaken === true
    return (yield* eventually(kept, isLastTaken)).map(
      ({ id, isTaken, problem }) =>
        `${id} is ${problem ? "set aside" : isTaken ? "taken in" : "open"}`,
    )
  })

  it.scoped(
    "is set aside, and those around it are taken in",
    () =>
      Effect.gen(function* () {
        deepStrictEqual(yield* drained(letter("1"), letter("broken"), letter("2")), [
          "1 is taken in",
          "broken is set aside",
          "2 is taken in",
        ])
      }),
    30_000,
  )

  it.scoped(
    "is the one that is set aside while older ones wait for their aftermath",
    () =>
      Effect.gen(function* () {
        deepStrictEqual(
          yield* drained(letter("keys", "peer"), letter("1"), letter("broken"), letter("2")),
          ["keys is open", "1 is taken in", "broken is set aside", "2 is taken in"],
        )
      }),
    30_000,
  )
})
