import { SqlSchema } from "@effect/sql"
import { Clock, Effect, Layer, Schema } from "effect"
import { Organization, OrganizationId } from "../src/domain/Organization.ts"
import { Organizations as OrganizationsPort } from "../src/ports/Organizations.ts"
import { SystemSql } from "./Postgres.ts"
import { ulid } from "./Ulid.ts"

export const Organizations = Layer.effect(
  OrganizationsPort,
  Effect.gen(function* () {
    const sql = yield* SystemSql
    const columns = sql.literal(`organization_id AS "id", name, created_at AS "createdAt"`)

    const list = SqlSchema.findAll({
      Request: Schema.Void,
      Result: Organization,
      execute: () => sql`SELECT ${columns} FROM organizations ORDER BY created_at, organization_id`,
    })

    const create = Effect.fn("Organizations.create")(function* (name: string) {
      const now = yield* Clock.currentTimeMillis
      const organization = {
        id: OrganizationId.make(`org_${ulid(now)}`),
        name,
        createdAt: now,
      }
      yield* sql`
        INSERT INTO organizations (organization_id, name, created_at)
        VALUES (${organization.id}, ${name}, ${now})`
      return organization
    }, Effect.orDie)

    return { create, list: Effect.orDie(list()) }
  }),
)
