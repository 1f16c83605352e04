import { layer } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Layer } from "effect"
import { InboxRows } from "../../../../layers/baileys/inbox/InboxRows.ts"
import { hashOf } from "../../../../layers/baileys/inbox/Letter.ts"
import { SystemSql } from "../../../../layers/Postgres.ts"
import { Tenancy } from "../../../../src/ports/Tenancy.ts"
import * as Database from "../../../support/Database.ts"
import { PlainSafes } from "../../../support/PlainSafes.ts"
import { organization, storedSession } from "../../sessions/Stage.ts"

const Inbox = InboxRows.Default.pipe(Layer.provide(PlainSafes), Layer.provideMerge(Database.layer))

const hour = 3_600_000
const day = 24 * hour

layer(Inbox, { excludeTestServices: true })("InboxRows.clean", (it) => {
  /** One letter, taken in so long ago or still waiting, after the inbox was cleaned. */
  const cleaned = Effect.fn(function* (takenAgo: number | undefined, problem = false) {
    const sql = yield* SystemSql
    const rows = yield* InboxRows
    const org = yield* organization
    const session = yield* storedSession(org)
    const hash = hashOf(Buffer.from(session))
    const stanza = { tag: "notification", attrs: { id: "1" } }
    yield* rows.insert(org, session, hash, { kind: "stanza", stanza })
    if (problem) yield* rows.setAside(org, session, "unreadable")
    if (takenAgo !== undefined)
      yield* sql`UPDATE inbox SET taken_at = ${Date.now() - takenAgo} WHERE session_id = ${session}`
    yield* rows.clean(org, session)
    const waiting = yield* Effect.flatMap(Tenancy, ({ within }) =>
      within(org)(rows.open(org, session, 10, [])),
    )
    const [count] = yield* sql<{ rows: number }>`
      SELECT count(*)::int AS rows FROM inbox WHERE session_id = ${session}`
    const canReplay = (yield* rows.find(org, session, hash)) !== undefined
    return { isRecognised: count!.rows === 1, canReplay, waiting: waiting.length }
  })

  it.scoped("keeps what nobody has taken in, however old", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* cleaned(undefined), {
        isRecognised: true,
        canReplay: true,
        waiting: 1,
      })
    }),
  )

  it.scoped("keeps the content for a day after it was taken in, and then only the hash", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* cleaned(day - hour), {
        isRecognised: true,
        canReplay: true,
        waiting: 0,
      })
      deepStrictEqual(yield* cleaned(day + hour), {
        isRecognised: true,
        canReplay: false,
        waiting: 0,
      })
    }),
  )

  it.scoped("keeps what could not be taken in, for whoever looks into it", () =>
    Effect.gen(function* () {
      strictEqual((yield* cleaned(day + hour, true)).canReplay, true)
    }),
  )

  it.scoped("recognises what comes again for 45 days", () =>
    Effect.gen(function* () {
      strictEqual((yield* cleaned(45 * day - hour)).isRecognised, true)
      strictEqual((yield* cleaned(45 * day + hour)).isRecognised, false)
    }),
  )
})
