import { SqlClient } from "@effect/sql"
import { Cause, Clock, Effect, Fiber, Layer, Option, Schedule, Schema } from "effect"
import { createHash } from "node:crypto"
import type { OrganizationId } from "../src/domain/Organization.ts"
import {
  Idempotency as IdempotencyPort,
  IdempotencyInFlight,
  type IdempotencyKey,
  IdempotencyMismatch,
  type Once,
} from "../src/http/Idempotency.ts"
import { Tenancy } from "../src/ports/Tenancy.ts"
import { ulid } from "./Ulid.ts"

/** How long an attempt is believed to be alive without a sign of life, and how often it gives one. */
const lease = 30_000
const sign = "10 seconds"
const lifetime = 24 * 60 * 60 * 1000

/** One attempt at what a key stands for. */
interface Claim {
  readonly organization: OrganizationId
  readonly key: IdempotencyKey
  readonly id: string
  readonly since: number | undefined
}

interface Row {
  readonly requestHash: Uint8Array
  readonly answer: string | null
}

export const Idempotency = Layer.scoped(
  IdempotencyPort,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { within } = yield* Tenancy
    const scope = yield* Effect.scope

    /** Takes the key when it is new, or when its last attempt is over without an answer. */
    const take = Effect.fnUntraced(function* (
      organization: OrganizationId,
      key: IdempotencyKey,
      hash: Uint8Array,
    ) {
      const now = yield* Clock.currentTimeMillis
      const id = ulid(now)
      yield* sql`
        DELETE FROM idempotency_keys
        WHERE organization_id = ${organization} AND since < ${now - lifetime}`
      const [taken] = yield* sql<{ since: number; isNew: boolean }>`
        INSERT INTO idempotency_keys AS k (organization_id, key, request_hash, since, claim_id,
          claimed_until)
        VALUES (${organization}, ${key}, ${hash}, ${now}, ${id}, ${now + lease})
        ON CONFLICT (organization_id, key)
          DO UPDATE SET claim_id = excluded.claim_id, claimed_until = excluded.claimed_until
          WHERE k.answer IS NULL AND k.request_hash = excluded.request_hash
            AND k.claimed_until <= ${now}
        RETURNING since, xmax = 0 AS "isNew"`
      if (taken === undefined) return undefined
      const { isNew, since } = taken
      return { organization, key, id, since: isNew ? undefined : since } satisfies Claim
    })

    const find = (organization: OrganizationId, key: IdempotencyKey) => sql<Row>`
      SELECT request_hash AS "requestHash", answer FROM idempotency_keys
      WHERE organization_id = ${organization} AND key = ${key}`

    /** A claim, or the answer that there is already. */
    const claim = (organization: OrganizationId, key: IdempotencyKey, hash: Uint8Array) =>
      Effect.gen(function* () {
        const taken = yield* take(organization, key, hash)
        if (taken !== undefined) return taken
        const [found] = yield* find(organization, key)
        if (found === undefined) return yield* new IdempotencyInFlight()
        if (Buffer.compare(found.requestHash, hash) !== 0) return yield* new IdempotencyMismatch()
        return found.answer ?? (yield* new IdempotencyInFlight())
      }).pipe(Effect.catchTag("SqlError", Effect.die), within(organization))

    const mine = ({ id, key, organization }: Claim) => sql`
      organization_id = ${organization} AND key = ${key} AND claim_id = ${id}`

    const on = ({ organization }: Claim, statement: Effect.Effect<unknown, unknown>) =>
      within(organization)(Effect.orDie(statement))

    const keep = (claim: Claim, answer: string) =>
      on(claim, sql`UPDATE idempotency_keys SET answer = ${answer} WHERE ${mine(claim)}`)
    const forget = (claim: Claim) =>
      on(claim, sql`DELETE FROM idempotency_keys WHERE ${mine(claim)}`)
    const believe = (claim: Claim, until: number) =>
      on(claim, sql`UPDATE idempotency_keys SET claimed_until = ${until} WHERE ${mine(claim)}`)

    const alive = (claim: Claim) =>
      Clock.currentTimeMillis.pipe(
        Effect.flatMap((now) => believe(claim, now + lease)),
        Effect.schedule(Schedule.spaced(sign)),
      )

    const attempt = <A, I, E, R>(
      claim: Claim,
      { answer, attempt, mayHaveHappened }: Once<A, I, E, R>,
    ) =>
      Effect.gen(function* () {
        yield* Effect.forkScoped(alive(claim))
        const done = yield* attempt(claim.since)
        yield* keep(claim, yield* Effect.orDie(Schema.encode(Schema.parseJson(answer))(done)))
        return done
      }).pipe(
        Effect.scoped,
        Effect.onError((cause) =>
          isSettled(cause, mayHaveHappened) ? forget(claim) : believe(claim, 0),
        ),
      )

    const once = Effect.fn("Idempotency.once")(function* <A, I, E, R>(asked: Once<A, I, E, R>) {
      const { answer, key, organization, request } = asked
      const claimed = yield* claim(organization, key, hashOf(request))
      if (typeof claimed === "string")
        return yield* Effect.orDie(Schema.decode(Schema.parseJson(answer))(claimed))
      const running = yield* Effect.forkIn(attempt(claimed, asked), scope)
      return yield* Fiber.join(running)
    })

    return { once }
  }),
)

const hashOf = (request: ReadonlyArray<unknown>) =>
  createHash("sha256").update(JSON.stringify(request)).digest()

/** Nothing happened, and nothing will: unlike a crash, an interruption or a silence. */
const isSettled = <E>(cause: Cause.Cause<E>, mayHaveHappened: (failure: E) => boolean) =>
  Option.match(Cause.failureOption(cause), {
    onNone: () => false,
    onSome: (failure) => !mayHaveHappened(failure),
  })
