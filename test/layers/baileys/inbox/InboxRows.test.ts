import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Layer } from "effect"
import { InboxRows } from "../../../../layers/baileys/inbox/InboxRows.ts"
import { hashOf } from "../../../../layers/baileys/inbox/Letter.ts"
import { SystemSql } from "../../../../layers/Postgres.ts"
import { CurrentFence } from "../../../../layers/sessions/CurrentFence.ts"
import { hasLostLease } from "../../../../layers/sessions/LeaseLost.ts"
import { Tenancy } from "../../../../src/ports/Tenancy.ts"
import * as Database from "../../../support/Database.ts"
import { PlainSafes } from "../../../support/PlainSafes.ts"
import { organization, storedSession } from "../../sessions/Stage.ts"
import { held } from "./Holder.ts"

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
    const position = yield* rows.last(org, session)
    if (problem) yield* rows.setAside(org, session, position, "unreadable")
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

layer(Inbox, { excludeTestServices: true })(
  "The inbox of a session that another holds now",
  (it) => {
    const now = Effect.fn(function* (session: string) {
      const sql = yield* SystemSql
      return yield* sql`
      SELECT position, content, taken_at, problem FROM inbox
      WHERE session_id = ${session} ORDER BY position`
    })

    /** A letter that waits, and one that was taken in so long ago. */
    const stage = Effect.fn(function* (takenAgo: number) {
      const sql = yield* SystemSql
      const rows = yield* InboxRows
      const org = yield* organization
      const session = yield* storedSession(org)
      for (const id of ["1", "2"]) {
        const stanza = { tag: "notification", attrs: { id } }
        yield* rows.insert(org, session, hashOf(Buffer.from(session + id)), {
          kind: "stanza",
          stanza,
        })
      }
      const position = (yield* rows.oldest(org, session, [])) ?? 0
      yield* sql`UPDATE inbox SET taken_at = ${Date.now() - takenAgo}
      WHERE session_id = ${session} AND position > ${position}`
      yield* held(org, session, 2)
      return { rows, org, session, position } as const
    })

    const writes = {
      "is not taken in": ({ org, position, rows, session }) =>
        Effect.flatMap(Tenancy, ({ within }) => within(org)(rows.take(org, session, [position]))),
      "is not set aside": ({ org, position, rows, session }) =>
        rows.setAside(org, session, position, "unreadable"),
      "is not emptied": ({ org, rows, session }) => rows.clean(org, session),
    } satisfies Record<
      string,
      (on: Effect.Effect.Success<ReturnType<typeof stage>>) => Effect.Effect<void, never, Tenancy>
    >

    for (const [fact, write] of Object.entries(writes))
      it.scoped(`${fact} by the one before, but by its holder`, () =>
        Effect.gen(function* () {
          const on = yield* stage(2 * day)
          const before = yield* now(on.session)
          const stale = yield* write(on).pipe(Effect.provideService(CurrentFence, 1), Effect.exit)
          assertTrue(Exit.isFailure(stale) && hasLostLease(stale.cause))
          deepStrictEqual(yield* now(on.session), before)
          yield* Effect.provideService(write(on), CurrentFence, 2)
          assertTrue(JSON.stringify(yield* now(on.session)) !== JSON.stringify(before))
        }),
      )

    it.scoped("does not lose what is forgotten only for its age", () =>
      Effect.gen(function* () {
        const on = yield* stage(46 * day)
        const sql = yield* SystemSql
        yield* sql`UPDATE inbox SET content = NULL WHERE session_id = ${on.session}
        AND taken_at IS NOT NULL`
        const stale = yield* writes["is not emptied"](on).pipe(
          Effect.provideService(CurrentFence, 1),
          Effect.exit,
        )
        assertTrue(Exit.isFailure(stale))
        strictEqual((yield* now(on.session)).length, 2)
      }),
    )
  },
)
