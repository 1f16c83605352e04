import type * as Pg from "pg"
import { decodeRecord } from "../../../layers/baileys/StoredRecord.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import { tablesOf } from "../../support/TenantTables.ts"
import { bytesCanary, type Canary, textCanary } from "./Canary.ts"

export interface SealedRow {
  readonly organizationId: OrganizationId
  readonly sessionId: SessionId
  readonly type: string
  readonly id: string
  readonly value: Uint8Array
}

/** Every credential and key of every session, as it is stored. */
export const sealedRows = async (owner: Pg.Client): Promise<ReadonlyArray<SealedRow>> => {
  const { rows } = await owner.query<SealedRow>(`
    SELECT organization_id AS "organizationId", session_id AS "sessionId", 'credentials' AS type,
      '' AS id, value FROM session_credentials
    UNION ALL
    SELECT organization_id, session_id, type, id, value FROM session_keys`)
  return rows
}

/** Whatever of a credential or key is long enough to be nothing but itself. */
export const canariesIn = (type: string, plain: Uint8Array): ReadonlyArray<Canary> =>
  piecesOf(decodeRecord(type, plain)).map((piece) =>
    typeof piece === "string" ? textCanary(type, piece) : bytesCanary(type, piece),
  )

const piecesOf = (value: unknown): ReadonlyArray<string | Uint8Array> => {
  if (value instanceof Uint8Array) return value.length >= 16 ? [value] : []
  // Addresses are stored data; only sealed they would be of no use.
  if (typeof value === "string") return value.length >= 32 && !value.includes("@") ? [value] : []
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(piecesOf) : []
}

/** The whole database as text; bytes are shown in hex, and as the text that they may be. */
export const dumpOf = async (owner: Pg.Client): Promise<string> => {
  const parts: Array<string> = []
  for (const table of await tablesOf(owner)) {
    const { rows } = await owner.query<{ row: string }>(`SELECT t::text AS row FROM "${table}" t`)
    for (const { row } of rows) parts.push(row, bytesShownIn(row))
  }
  return parts.join("\n")
}

const bytesShownIn = (row: string) =>
  [...row.matchAll(/\\x([0-9a-f]+)/g)]
    .map(([, hex]) => Buffer.from(hex!, "hex").toString("latin1"))
    .join("\n")
