import { Clock, Effect } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { Safes } from "../../src/ports/Safes.ts"
import { SystemSql } from "../Postgres.ts"
import { CurrentFence } from "../sessions/CurrentFence.ts"
import { inPieces } from "./InPieces.ts"
import type { Letters } from "./inbox/Letter.ts"
import { decodeRecord, encodeRecord } from "./StoredRecord.ts"
import type { SignalDataSet } from "./Vendor.ts"

/**
 * One statement for whatever one transaction of the library changed: all of it, or nothing. What was
 * decrypted is part of it: a ratchet that has moved on never opens the same message again.
 */
const commit = `
  WITH held AS MATERIALIZED (SELECT require_lease($2, $9::bigint)), changed AS (
    SELECT c.* FROM held, unnest($3::text[], $4::text[], $5::bytea[]) AS c (type, id, value)
  ), kept AS (
    INSERT INTO session_keys (organization_id, session_id, type, id, value)
    SELECT $1, $2, type, id, value FROM changed WHERE value IS NOT NULL
    ON CONFLICT (session_id, type, id) DO UPDATE SET value = excluded.value
    WHERE session_keys.organization_id = excluded.organization_id
  ), received AS (
    INSERT INTO inbox (organization_id, session_id, hash, content, received_at)
    SELECT $1, $2, hash, content, $8
    FROM held, unnest($6::bytea[], $7::bytea[]) AS l (hash, content)
    ON CONFLICT DO NOTHING
  )
  DELETE FROM session_keys AS k USING changed AS c
  WHERE k.organization_id = $1 AND k.session_id = $2
    AND k.type = c.type AND k.id = c.id AND c.value IS NULL`

const select = `
  SELECT id, value FROM session_keys
  WHERE organization_id = $1 AND session_id = $2 AND type = $3 AND id = ANY ($4::text[])`

/** Records that are sealed without giving way: a new account has eight hundred pre-keys at once. */
const atOnce = 100

/** What one transaction of the library changes: keys, and what was decrypted with them. */
export type Changes = SignalDataSet & { readonly inbox?: Letters }

/** What Signal keeps per peer, group and device. */
export class SignalKeys extends Effect.Service<SignalKeys>()("layers/baileys/SignalKeys", {
  effect: Effect.gen(function* () {
    const sql = yield* SystemSql
    const safes = yield* Safes

    /** The keys of one session. */
    const open = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      const safe = yield* safes.of(organization, session)

      /** Only what exists, by id. */
      const get = Effect.fnUntraced(function* (type: string, ids: ReadonlyArray<string>) {
        const rows = yield* sql.unsafe<{ id: string; value: Uint8Array }>(select, [
          organization,
          session,
          type,
          ids,
        ])
        return Object.fromEntries(
          rows.map(({ id, value }) => [id, decodeRecord(type, safe.open(type, id, value))]),
        )
      })

      /** Returns once all of it is committed; null deletes. */
      const set = Effect.fnUntraced(function* (data: Changes) {
        const { inbox = {}, ...keys } = data
        const changes = changesOf(keys)
        const letters = Object.entries(inbox)
        const values = yield* inPieces(changes, atOnce, ({ type, id, value }) =>
          Effect.sync(() => (value === null ? null : safe.seal(type, id, encodeRecord(value)))),
        )
        yield* sql.unsafe(commit, [
          organization,
          session,
          changes.map((change) => change.type),
          changes.map((change) => change.id),
          values,
          letters.map(([hash]) => Buffer.from(hash, "hex")),
          letters.map(([hash, letter]) => safe.seal("inbox", hash, encodeRecord(letter))),
          yield* Clock.currentTimeMillis,
          yield* CurrentFence,
        ])
      })

      return { get, set } as const
    })

    return { open } as const
  }),
}) {}

interface Change {
  readonly type: string
  readonly id: string
  readonly value: unknown
}

const changesOf = (data: SignalDataSet): ReadonlyArray<Change> =>
  Object.entries(data).flatMap(([type, entries]) =>
    Object.entries<unknown>(entries).map(([id, value]) => ({ type, id, value: value ?? null })),
  )
