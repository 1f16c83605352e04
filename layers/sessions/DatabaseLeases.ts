import { Clock, Deferred, Duration, Effect, Layer, Schedule } from "effect"
import { SystemSql } from "../Postgres.ts"
import { type Lease, Leases, type Membership, type Order } from "./Leases.ts"
import { ulid } from "../Ulid.ts"

/** How long a process that says nothing is believed to be alive. */
const lifetime = Duration.seconds(6)
/** How long it believes so itself: shorter, so that it has let go before others take over. */
const selfBelief = Duration.seconds(5)
const renewEvery = Duration.seconds(1)

/** Sessions that nobody holds and that are not what they should be; `$2` is now. */
const free = `
  sessions s LEFT JOIN session_leases h USING (session_id)
  WHERE h.process_id IS NULL AND (
    s.desired = 'running' AND (s.status <> 'failed' OR s.next_attempt_at <= $2)
    OR s.desired = 'stopped' AND s.status NOT IN ('stopped', 'logged_out')
    OR s.desired = 'logged_out' AND s.status <> 'logged_out')`

const take = `
  WITH taken AS (
    INSERT INTO session_leases AS l (session_id, organization_id, process_id, fence)
    SELECT s.session_id, s.organization_id, $1, 1 FROM ${free}
    ORDER BY s.created_at, s.session_id LIMIT $3
    ON CONFLICT (session_id) DO UPDATE SET process_id = excluded.process_id, fence = l.fence + 1
      WHERE l.process_id IS NULL
    RETURNING session_id
  )
  UPDATE sessions SET gateway_id = $4 WHERE session_id IN (SELECT session_id FROM taken)
    AND gateway_id <> $4`

/** One row that says so while nothing has changed since: there may be thousands, every second. */
const held = `
  WITH held AS MATERIALIZED (
    SELECT s.session_id AS session, s.organization_id AS organization, l.fence, s.desired,
      s.revision, s.pairing, s.created_at AS "createdAt",
      CASE WHEN s.backfill->>'status' = 'running' THEN s.backfill->>'id' END AS backfill
    FROM session_leases l JOIN sessions s USING (session_id)
    WHERE l.process_id = $1
  ), digest AS (
    SELECT count(*) || ' ' || coalesce(sum(hashtextextended(held::text, 0)), 0) AS digest FROM held
  )
  SELECT d.digest, EXISTS (SELECT FROM ${free}) AS "isMore", h.*
  FROM digest d LEFT JOIN held h ON d.digest <> $3
  ORDER BY h."createdAt", h.session`

const renewal = `
  WITH overdue AS (
    DELETE FROM gateway_processes WHERE alive_until < clock_timestamp() AND process_id <> $1
  )
  UPDATE gateway_processes SET alive_until = clock_timestamp() + $2::float8 * interval '1 ms'
  WHERE process_id = $1 AND alive_until > clock_timestamp() RETURNING process_id`

/** Leases in the database that all processes share; one heartbeat renews all of a process. */
export const DatabaseLeases = (gatewayId: string) =>
  Layer.effect(
    Leases,
    Effect.gen(function* () {
      const sql = yield* SystemSql

      const register = (id: string) => sql`
        INSERT INTO gateway_processes (process_id, gateway_id, alive_until)
        VALUES (${id}, ${gatewayId},
          clock_timestamp() + ${Duration.toMillis(lifetime)}::float8 * interval '1 ms')`

      const leave = (id: string) =>
        sql`DELETE FROM gateway_processes WHERE process_id = ${id}`.pipe(
          Effect.timeout("2 seconds"),
          Effect.ignore,
        )

      const renew = (id: string) =>
        sql.unsafe(renewal, [id, Duration.toMillis(lifetime)]).pipe(
          Effect.map((rows) => (rows.length > 0 ? "renewed" : "removed")),
          Effect.orElseSucceed(() => "unanswered" as const),
        )

      const orders = (id: string) => {
        let known = { digest: "", orders: [] as ReadonlyArray<Order> }
        const look = Effect.fnUntraced(function* (now: number) {
          const rows = yield* sql.unsafe<HeldRow>(held, [id, now, known.digest])
          const { digest, isMore } = rows[0]!
          if (digest !== known.digest) known = { digest, orders: rows.filter(isOrder) }
          return isMore
        })
        return Effect.fnUntraced(function* (most: number) {
          const now = yield* Clock.currentTimeMillis
          if (yield* look(now)) {
            yield* sql.unsafe(take, [id, now, most, gatewayId])
            yield* look(now)
          }
          return known.orders
        }, Effect.orDie)
      }

      const release = ({ fence, session }: Lease) =>
        sql`UPDATE session_leases SET process_id = NULL
            WHERE session_id = ${session} AND fence = ${fence}`.pipe(
          Effect.retry(Schedule.spaced("500 millis")),
          Effect.asVoid,
          Effect.orDie,
        )

      const join = Effect.gen(function* () {
        const id = ulid()
        const asked = performance.now()
        yield* register(id).pipe(Effect.retry(Schedule.spaced("500 millis")), Effect.orDie)
        yield* Effect.addFinalizer(() => leave(id))
        const ended = yield* Deferred.make<void>()
        yield* stayAlive(renew(id), asked).pipe(
          Effect.zipRight(Effect.logWarning("lost touch with the database; others may take over")),
          Effect.zipRight(Deferred.succeed(ended, undefined)),
          Effect.forkScoped,
        )
        return { orders: orders(id), release, ended } satisfies Membership
      })
      return { join }
    }),
  )

type HeldRow = { readonly digest: string; readonly isMore: boolean } & (
  Order | { readonly session: null }
)

const isOrder = (row: HeldRow): row is HeldRow & Order => row.session !== null

/** Ends when the process must not believe any more that it is alive to the others. */
const stayAlive = (renew: Effect.Effect<"renewed" | "removed" | "unanswered">, joined: number) =>
  Effect.suspend(() => {
    // Monotonic, and running while the process is stopped by a signal.
    let until = joined + Duration.toMillis(selfBelief)
    const renewing = Effect.gen(function* () {
      yield* Effect.sleep(renewEvery)
      const asked = performance.now()
      const answer = yield* renew
      if (answer === "renewed") until = asked + Duration.toMillis(selfBelief)
      return answer
    }).pipe(Effect.repeat({ until: (answer) => answer === "removed" }))
    const expiring = Effect.suspend(() =>
      Effect.sleep(Math.max(1, until - performance.now())),
    ).pipe(Effect.repeat({ until: () => performance.now() >= until }))
    // A statement that nobody answers is not waited for.
    return Effect.raceFirst(Effect.disconnect(renewing), expiring)
  })
