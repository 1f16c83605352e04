import { layer } from "@effect/vitest"
import { assertEquals, assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import { QrNotReady, Sessions } from "../../../src/ports/Sessions.ts"
import * as Database from "../../support/Database.ts"
import { stage, storedSession } from "./Stage.ts"

/** A session that has failed, and what it waits for. */
const failed = Effect.fn(function* (
  org: Parameters<typeof storedSession>[0],
  wait: { readonly nextAttemptAt: number | null; readonly retryAtStart: boolean },
) {
  const sql = yield* SystemSql
  const id = yield* storedSession(org)
  yield* sql`
    UPDATE sessions SET desired = 'running', status = 'failed',
      next_attempt_at = ${wait.nextAttemptAt}, retry_at_start = ${wait.retryAtStart}
    WHERE session_id = ${id}`
  const attempt = sql<{ revision: number; nextAttemptAt: number | null }>`
    SELECT revision, next_attempt_at AS "nextAttemptAt" FROM sessions WHERE session_id = ${id}`
  return { id, attempt: Effect.map(attempt, ([row]) => row) } as const
})

layer(Database.layer, { excludeTestServices: true })("asking for a code", (it) => {
  it.scoped.each([
    ["that is tried again by itself", { nextAttemptAt: 4_000_000_000_000, retryAtStart: true }],
    ["that other settings may help", { nextAttemptAt: null, retryAtStart: true }],
  ] as const)("hurries no session %s", ([, wait]) =>
    Effect.gen(function* () {
      const { org, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const { id, attempt } = yield* failed(org, wait)
        assertEquals(yield* Effect.flip((yield* Sessions).qr(org, id)), new QrNotReady())
        const { nextAttemptAt } = wait
        deepStrictEqual(yield* attempt, { revision: 0, nextAttemptAt })
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("starts a session that waits for a person", () =>
    Effect.gen(function* () {
      const { org, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const { id } = yield* failed(org, { nextAttemptAt: null, retryAtStart: false })
        const { code } = yield* (yield* Sessions).qr(org, id)
        assertTrue(code.length > 0)
      }).pipe(Effect.provide(gateway))
    }),
  )
})
