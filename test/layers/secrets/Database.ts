/** A database with what Secrets needs, and two organizations with two sessions each. */
import { Context, Effect, Layer, type Redacted } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Postgres from "../../../layers/Postgres.ts"
import { migrations } from "../../../migrations/index.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import { migrated } from "../../support/Database.ts"

export const alice = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8A")
export const bob = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8B")
const session = (last: string) => SessionId.make(`01J9ZX8K2QHV0M3T6R7P4N5W${last}`)
export const alicePhone = session("A1")
export const aliceTablet = session("A2")
export const bobPhone = session("B1")
export const bobTablet = session("B2")

export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "secrets-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
)

const sessions = [
  [alice, alicePhone],
  [alice, aliceTablet],
  [bob, bobPhone],
  [bob, bobTablet],
] as const

export const insertOrganizations = (ids: ReadonlyArray<OrganizationId>) =>
  Effect.flatMap(
    Postgres.OwnerSql,
    (sql) => sql`
      INSERT INTO organizations ${sql.insert(
        ids.map((organization_id) => ({ organization_id, name: "", created_at: 0 })),
      )} ON CONFLICT DO NOTHING`,
  )

export const insertSession = (organization: OrganizationId, session: SessionId) =>
  Effect.flatMap(
    Postgres.OwnerSql,
    (sql) => sql`
      INSERT INTO sessions ${sql.insert({
        session_id: session,
        organization_id: organization,
        gateway_id: "gateway",
        label: "",
        desired: "stopped",
        status: "stopped",
        auto_read: false,
        presence_typing: false,
        created_at: 0,
        updated_at: 0,
      })}`,
  )

/** For those that start processes of their own. */
export class Address extends Context.Tag("test/layers/secrets/Address")<
  Address,
  Redacted.Redacted
>() {}

const rows = Layer.effectDiscard(
  Effect.zipRight(
    insertOrganizations([alice, bob]),
    Effect.forEach(sessions, ([organization, session]) => insertSession(organization, session)),
  ),
)

export const Database = Layer.unwrapScoped(
  Effect.map(migrated(migrations), (url) =>
    Layer.provideMerge(
      rows,
      Layer.merge(Postgres.layer({ url, pool: 5 }), Layer.succeed(Address, url)),
    ),
  ),
)

/** Forgets every key, as a new installation would, but keeps organizations and sessions. */
export const emptied = Effect.flatMap(
  Postgres.OwnerSql,
  (sql) => sql`TRUNCATE data_keys, gateway_keys`,
)
