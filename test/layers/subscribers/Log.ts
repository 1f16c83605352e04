import { SqlClient } from "@effect/sql"
import { Effect, Layer } from "effect"
import { ulid } from "ulid"
import { SystemSql } from "../../../layers/Postgres.ts"
import { migrations } from "../../../migrations/index.ts"
import { tenantTable } from "../../../migrations/tenantTable.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import { definePlugin, type Subscription } from "../../../src/Plugin.ts"
import { Events, type LoggedEvent } from "../../../src/ports/Events.ts"

/** The tables of the gateway, and one in which a handler notes what it has seen. */
export const withNotes = [
  ...migrations,
  {
    owner: "notes",
    migrations: {
      "0001_notes": Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`
          CREATE TABLE notes (
            note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
            consumer text NOT NULL,
            position bigint NOT NULL
          )`
        yield* tenantTable("notes")
      }),
    },
  },
]

/** Notes every event it is handed; then `also` happens, in the same transaction. */
export const noting = (
  consumer: string,
  also: (event: LoggedEvent) => Effect.Effect<void> = () => Effect.void,
): Subscription => ({
  name: consumer,
  events: ["contact.updated"],
  handle: (event) =>
    Effect.gen(function* () {
      const { organization, position } = event
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO notes (organization_id, consumer, position)
        VALUES (${organization}, ${consumer}, ${position})`
      yield* also(event)
    }).pipe(Effect.orDie),
})

export const pluginOf = (...subscriptions: ReadonlyArray<Subscription>) =>
  definePlugin({ name: "notes", groups: [], handlers: Layer.empty, subscriptions })

const updated = { event: "contact.updated", payload: {} } as const
const merged = { event: "contact.merged", payload: {} } as const

/** An organization and its log. */
export const log = Effect.gen(function* () {
  const system = yield* SystemSql
  const events = yield* Events
  const organization = OrganizationId.make(`org_${ulid()}`)
  const session = SessionId.make(ulid())
  yield* system`INSERT INTO organizations (organization_id, name, created_at)
    VALUES (${organization}, '', 1)`
  return {
    organization,
    append: (count: number) =>
      events.append(
        organization,
        session,
        Array.from({ length: count }, () => updated),
      ),
    appendOther: (count: number) =>
      events.append(
        organization,
        session,
        Array.from({ length: count }, () => merged),
      ),
    /** The positions that the consumer noted, in the order it did. */
    noted: (consumer: string) =>
      Effect.map(
        system<{ position: number }>`SELECT position FROM notes
          WHERE organization_id = ${organization} AND consumer = ${consumer} ORDER BY note_id`,
        (rows) => rows.map(({ position }) => position),
      ),
    position: (consumer: string) =>
      Effect.map(
        system<{ position: number }>`SELECT position FROM event_consumers
          WHERE organization_id = ${organization} AND consumer = ${`notes.${consumer}`}`,
        ([row]) => row?.position,
      ),
  }
})

export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
