import { SqlSchema } from "@effect/sql"
import { Clock, Effect, Layer, Schema } from "effect"
import { LRUCache } from "lru-cache"
import { Organization, OrganizationId } from "../src/domain/Organization.ts"
import { Organizations as OrganizationsPort } from "../src/ports/Organizations.ts"
import { SystemSql } from "./Postgres.ts"
import { ulid } from "./Ulid.ts"

const known = { max: 10_000, ttl: 60_000 }
/** Short, so that one that was just made is not missed; long enough to spare the database. */
const unknownForMillis = 1000

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

    const beliefs = new LRUCache<OrganizationId, boolean>(known)

    const look = Effect.fn("Organizations.look")(function* (id: OrganizationId) {
      const rows = yield* sql`SELECT FROM organizations WHERE organization_id = ${id}`
      const found = rows.length > 0
      beliefs.set(id, found, found ? {} : { ttl: unknownForMillis })
      return found
    }, Effect.orDie)

    const has = (id: OrganizationId) =>
      Effect.suspend(() => {
        const belief = beliefs.get(id)
        return belief === undefined ? look(id) : Effect.succeed(belief)
      })

    return { create, has, list: Effect.orDie(list()) }
  }),
)
