import { Effect } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { Safes } from "../../src/ports/Safes.ts"
import { SystemSql } from "../Postgres.ts"
import { CurrentFence } from "../sessions/CurrentFence.ts"
import { decodeRecord, encodeRecord } from "./StoredRecord.ts"
import { type AuthenticationCreds, initAuthCreds } from "./Vendor.ts"

/** Only a phone's signature makes credentials worth keeping; without it they can not log in. */
export const isPaired = (creds: AuthenticationCreds) => creds.account !== undefined

/** What makes this gateway a linked device of an account. */
export class Credentials extends Effect.Service<Credentials>()("layers/baileys/Credentials", {
  effect: Effect.gen(function* () {
    const sql = yield* SystemSql
    const safes = yield* Safes

    const find = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      const [row] = yield* sql<{ value: Uint8Array; hasGroups: boolean }>`
        SELECT value, has_groups AS "hasGroups" FROM session_credentials
        WHERE organization_id = ${organization} AND session_id = ${session}`
      if (row === undefined) return undefined
      const safe = yield* safes.of(organization, session)
      const bytes = safe.open("credentials", "", row.value)
      const creds = decodeRecord("credentials", bytes) as AuthenticationCreds
      return isPaired(creds) ? { creds, hasGroups: row.hasGroups } : undefined
    }, Effect.orDie)

    const forget = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      yield* sql`
        WITH held AS MATERIALIZED (
          SELECT require_lease(${session}, ${yield* CurrentFence}::bigint)
        ), keys AS (
          DELETE FROM session_keys USING held
          WHERE organization_id = ${organization} AND session_id = ${session}
        )
        DELETE FROM session_credentials USING held
        WHERE organization_id = ${organization} AND session_id = ${session}`
    }, Effect.orDie)

    /** The stored ones, or new ones to pair with; what a broken-off pairing left is thrown away. */
    const load = Effect.fnUntraced(function* (organization: OrganizationId, session: SessionId) {
      const found = yield* find(organization, session)
      if (found !== undefined) return found
      yield* forget(organization, session)
      return { creds: initAuthCreds(), hasGroups: false }
    })

    const save = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
      creds: AuthenticationCreds,
    ) {
      const safe = yield* safes.of(organization, session)
      const value = safe.seal("credentials", "", encodeRecord(creds))
      yield* sql`
        INSERT INTO session_credentials (session_id, organization_id, value)
        SELECT ${session}, ${organization}, ${value}::bytea
        FROM require_lease(${session}, ${yield* CurrentFence}::bigint)
        ON CONFLICT (session_id) DO UPDATE SET value = excluded.value
        WHERE session_credentials.organization_id = excluded.organization_id`
    })

    /** All groups of the account are stored, once. */
    const groupsStored = Effect.fnUntraced(function* (
      organization: OrganizationId,
      session: SessionId,
    ) {
      yield* sql`
        UPDATE session_credentials SET has_groups = true
        FROM require_lease(${session}, ${yield* CurrentFence}::bigint)
        WHERE organization_id = ${organization} AND session_id = ${session}`
    }, Effect.orDie)

    return { find, load, save, forget, groupsStored } as const
  }),
}) {}
