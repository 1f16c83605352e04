import { SqlClient, SqlSchema } from "@effect/sql"
import { Clock, Context, Effect, Layer, Option, type Redacted, Schema } from "effect"
import { LRUCache } from "lru-cache"
import { hash as hashOnce } from "node:crypto"
import { ApiKey, type ApiKeyId, ApiKeyNotFound } from "../src/domain/ApiKey.ts"
import { Capability } from "../src/domain/Capability.ts"
import { OrganizationId } from "../src/domain/Organization.ts"
import type { Principal } from "../src/domain/Principal.ts"
import { type ApiKeyDraft, ApiKeys as ApiKeysPort } from "../src/ports/ApiKeys.ts"
import { Tenancy } from "../src/ports/Tenancy.ts"
import { hash, matches, mint, parse } from "./ApiKeySecret.ts"
import { SystemSql } from "./Postgres.ts"

/** Lies outside the database, so that a copy of the table opens nothing. */
export class Pepper extends Context.Tag("layers/ApiKeys/Pepper")<
  Pepper,
  Redacted.Redacted<Uint8Array>
>() {}

/** What another process may still believe after a key was removed here: a second, with what it takes. */
const believedForMillis = 750
/** So long before its end, one of those who hold a belief looks again, and nobody has to wait for it. */
const renewedForMillis = 250
const minute = 60_000

type Key = Principal["Type"] & { readonly id: string; readonly expiresAt: number | null }

export const ApiKeys = Layer.effect(
  ApiKeysPort,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const system = yield* SystemSql
    const tenancy = yield* Tenancy
    const pepper = yield* Pepper
    const clock = yield* Effect.clock
    const believed = new LRUCache<string, Key>({ max: 10_000, ttl: believedForMillis })
    const renewals = new LRUCache<string, "due" | "begun">({ max: 10_000, ttl: renewedForMillis })
    /** Ids never come back, so what was removed stays removed, also for look-ups that began before. */
    const removed = new LRUCache<string, true>({ max: 10_000, ttl: minute })
    const noted = new LRUCache<string, number>({ max: 10_000 })

    const columns = sql.literal(`
      key_id AS "id", name, capabilities, created_at AS "createdAt", expires_at AS "expiresAt",
      last_used_at AS "lastUsedAt"`)

    const list = SqlSchema.findAll({
      Request: OrganizationId,
      Result: ApiKey,
      execute: (organization) => sql`
        SELECT ${columns} FROM api_keys WHERE organization_id = ${organization} ORDER BY key_id`,
    })

    /** An unknown id finds a key that no secret opens, so that time does not tell which ids exist. */
    const find = SqlSchema.single({
      Request: Schema.String,
      Result: StoredKey,
      execute: (id) => system`
        SELECT coalesce(organization_id, 'org_' || repeat('0', 26)) AS "organizationId",
          coalesce(secret_hash, decode(repeat('00', 32), 'hex')) AS "secretHash",
          coalesce(capabilities, ARRAY['read', 'send', 'manage']) AS capabilities,
          expires_at AS "expiresAt"
        FROM (SELECT ${id}::text AS key_id) AS asked LEFT JOIN api_keys USING (key_id)`,
    })

    const create = Effect.fn("ApiKeys.create")(function* (
      organization: OrganizationId,
      { capabilities: asked, expiresAt, name }: ApiKeyDraft,
    ) {
      const capabilities = [...new Set(asked)]
      const { keyId, secret, token } = yield* mint
      const createdAt = yield* Clock.currentTimeMillis
      const row = sql.insert({
        key_id: keyId,
        organization_id: organization,
        name,
        secret_hash: hash(pepper, secret),
        capabilities: capabilities as never,
        created_at: createdAt,
        expires_at: expiresAt,
      })
      yield* tenancy.within(organization)(sql`INSERT INTO api_keys ${row}`)
      const key = { id: keyId, name, capabilities, createdAt, expiresAt, lastUsedAt: null }
      return { key, token }
    }, Effect.orDie)

    const remove = Effect.fn("ApiKeys.remove")(function* (
      organization: OrganizationId,
      key: ApiKeyId,
    ) {
      const rows = yield* tenancy
        .within(organization)(
          sql`
        DELETE FROM api_keys WHERE organization_id = ${organization} AND key_id = ${key}
        RETURNING key_id`,
        )
        .pipe(Effect.orDie)
      if (rows.length === 0) return yield* new ApiKeyNotFound()
      removed.set(key, true)
    })

    const isDue = (key: string, now: number) => now - (noted.get(key) ?? 0) >= minute

    const noteUse = Effect.fn("ApiKeys.noteUse")(function* (key: string, now: number) {
      if (!isDue(key, now)) return
      noted.set(key, now)
      yield* Effect.forkDaemon(
        Effect.ignoreLogged(
          system`UPDATE api_keys SET last_used_at = ${now}
            WHERE key_id = ${key} AND coalesce(last_used_at <= ${now - minute}, true)`,
        ),
      )
    })

    const look = Effect.fn("ApiKeys.look")(function* (token: string) {
      const parsed = parse(token)
      if (Option.isNone(parsed)) return undefined
      const { keyId, secret } = parsed.value
      const stored = yield* Effect.orDie(find(keyId))
      return matches(stored.secretHash, pepper, secret) ? keyOf(keyId, stored) : undefined
    })

    /** A belief is as old as the look-up's beginning: what it saw may be gone by its end. */
    const remember = Effect.fnUntraced(function* (
      digest: string,
      lookUp: Effect.Effect<Key | undefined>,
    ) {
      const start = performance.now()
      const key = yield* lookUp
      if (key === undefined) believed.delete(digest)
      else believed.set(digest, key, { start })
      return key
    })

    const verify = Effect.fn("ApiKeys.verify")(function* (token: string) {
      const now = yield* Clock.currentTimeMillis
      const digest = digestOf(token)
      const key = believe(digest) ?? (yield* remember(digest, look(token)))
      if (key === undefined || !opens(key, now)) return Option.none()
      yield* noteUse(key.id, now)
      return Option.some<Principal["Type"]>(key)
    })

    const believe = (digest: string) => {
      if (renewals.get(digest) !== "due") return believed.get(digest)
      renewals.set(digest, "begun")
      return undefined
    }

    const opens = ({ expiresAt, id }: Key, now: number) =>
      !removed.has(id) && (expiresAt === null || expiresAt > now)

    /** Leaves it to `verify` to note a use and to renew a belief. */
    const recall = (token: string) => {
      const now = clock.unsafeCurrentTimeMillis()
      const digest = digestOf(token)
      const key = believed.get(digest)
      if (key === undefined || !opens(key, now) || isDue(key.id, now)) return undefined
      if (believed.getRemainingTTL(digest) > renewedForMillis || renewals.has(digest)) return key
      renewals.set(digest, "due")
      return undefined
    }

    return {
      create,
      list: (organization) => Effect.orDie(tenancy.within(organization)(list(organization))),
      remove,
      verify,
      recall,
    }
  }),
)

const digestOf = (token: string) => hashOnce("sha256", token, "base64")

const StoredKey = Schema.Struct({
  organizationId: OrganizationId,
  secretHash: Schema.Uint8ArrayFromSelf,
  capabilities: Schema.Array(Capability),
  expiresAt: Schema.NullOr(Schema.Int),
})

const keyOf = (id: string, stored: typeof StoredKey.Type): Key => ({
  id,
  organizationId: stored.organizationId,
  subject: id,
  userId: null,
  capabilities: new Set(stored.capabilities),
  superAdmin: false,
  expiresAt: stored.expiresAt,
})
