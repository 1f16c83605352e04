import { SqlClient } from "@effect/sql"
import { Clock, Effect } from "effect"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import { Safes } from "../../../src/ports/Safes.ts"
import { SystemSql } from "../../Postgres.ts"
import { CurrentFence } from "../../sessions/CurrentFence.ts"
import { decodeRecord, encodeRecord } from "../StoredRecord.ts"
import type { Letter, LetterHash } from "./Letter.ts"

export interface OpenLetter {
  readonly position: number
  readonly letter: Letter
}

interface Row {
  readonly position: number
  readonly hash: string
  readonly content: Uint8Array
}

/** How long a letter can still be replayed after it was taken in, and how long it is recognised. */
const kept = { content: 24 * 3_600_000, hash: 45 * 24 * 3_600_000 }

/** The stored inbox. Decrypted letters come in with the keys that opened them: see `SignalKeys`. */
export class InboxRows extends Effect.Service<InboxRows>()("layers/baileys/inbox/InboxRows", {
  effect: Effect.gen(function* () {
    const system = yield* SystemSql
    const sql = yield* SqlClient.SqlClient
    const safes = yield* Safes

    const find = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      hash: LetterHash,
    ) {
      const safe = yield* safes.of(organization, session)
      const [row] = yield* system<{ content: Uint8Array }>`
        SELECT content FROM inbox
        WHERE organization_id = ${organization} AND session_id = ${session}
          AND hash = decode(${hash}, 'hex') AND content IS NOT NULL`
      return row && decoded(safe.open("inbox", hash, row.content))
    })

    const insert = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      hash: LetterHash,
      letter: Letter,
    ) {
      const safe = yield* safes.of(organization, session)
      const content = safe.seal("inbox", hash, encodeRecord(letter))
      yield* system`
        INSERT INTO inbox (organization_id, session_id, hash, content, received_at)
        SELECT ${organization}, ${session}, decode(${hash}, 'hex'), ${content}::bytea,
          ${yield* Clock.currentTimeMillis}::bigint
        FROM require_lease(${session}, ${yield* CurrentFence}::bigint)
        ON CONFLICT DO NOTHING`
    })

    /** Where the newest letter stands. */
    const last = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      const [row] = yield* system<{ position: number }>`
        SELECT coalesce(max(position), 0) AS position FROM inbox
        WHERE organization_id = ${organization} AND session_id = ${session} AND taken_at IS NULL`
      return row!.position
    }, Effect.orDie)

    const lettersIn = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      rows: ReadonlyArray<Row>,
    ) {
      const safe = yield* safes.of(organization, session)
      return rows.map(({ content, hash, position }): OpenLetter => {
        const letter = decoded(safe.open("inbox", hash, content))
        return { position, letter }
      })
    })

    /** The oldest of what nobody has taken in, locked. Inside the organization's transaction. */
    const open = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      limit: number,
      except: ReadonlyArray<number>,
    ) {
      const rows = yield* sql<Row>`
        SELECT position, encode(hash, 'hex') AS hash, content FROM inbox
        WHERE organization_id = ${organization} AND session_id = ${session} AND taken_at IS NULL
          AND position <> ALL (${except}::bigint[])
        ORDER BY position LIMIT ${limit} FOR UPDATE`
      return yield* lettersIn(organization, session, rows)
    }, Effect.orDie)

    /** The one that stands there, locked, if nobody has taken it in. Inside that transaction, too. */
    const openAt = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      position: number,
    ) {
      const rows = yield* sql<Row>`
        SELECT position, encode(hash, 'hex') AS hash, content FROM inbox
        WHERE organization_id = ${organization} AND session_id = ${session} AND taken_at IS NULL
          AND position = ${position} FOR UPDATE`
      return yield* lettersIn(organization, session, rows)
    }, Effect.orDie)

    /** Where the oldest stands that nobody has taken in. */
    const oldest = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      except: ReadonlyArray<number>,
    ) {
      const [row] = yield* system<{ position: number | null }>`
        SELECT min(position) AS position FROM inbox
        WHERE organization_id = ${organization} AND session_id = ${session} AND taken_at IS NULL
          AND position <> ALL (${except}::bigint[])`
      return row?.position ?? undefined
    }, Effect.orDie)

    const take = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      positions: ReadonlyArray<number>,
    ) {
      yield* sql`
        UPDATE inbox SET taken_at = ${yield* Clock.currentTimeMillis}
        FROM require_lease(${session}, ${yield* CurrentFence}::bigint)
        WHERE organization_id = ${organization} AND session_id = ${session}
          AND position IN ${sql.in(positions)}`
    }, Effect.orDie)

    /** Keeps a letter that can not be taken in from holding up all others. */
    const setAside = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      position: number,
      problem: string,
    ) {
      yield* system`
        UPDATE inbox
        SET taken_at = ${yield* Clock.currentTimeMillis}, problem = ${problem.slice(0, 1000)}
        FROM require_lease(${session}, ${yield* CurrentFence}::bigint)
        WHERE organization_id = ${organization} AND session_id = ${session}
          AND position = ${position} AND taken_at IS NULL`
    }, Effect.orDie)

    /** Lets go of what can no longer come again. */
    const clean = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      const now = yield* Clock.currentTimeMillis
      const fence = yield* CurrentFence
      yield* system`
        UPDATE inbox SET content = NULL
        FROM require_lease(${session}, ${fence}::bigint)
        WHERE organization_id = ${organization} AND session_id = ${session}
          AND content IS NOT NULL AND problem IS NULL AND taken_at < ${now - kept.content}`
      yield* system`
        DELETE FROM inbox
        USING require_lease(${session}, ${fence}::bigint)
        WHERE organization_id = ${organization} AND session_id = ${session}
          AND taken_at < ${now - kept.hash}`
    }, Effect.orDie)

    return { find, insert, last, oldest, open, openAt, take, setAside, clean } as const
  }),
}) {}

const decoded = (bytes: Uint8Array) => decodeRecord("inbox", bytes) as Letter
