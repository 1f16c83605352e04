import { type Duration, Effect, FiberMap, Layer, Queue, Schedule } from "effect"
import type { OrganizationId } from "../src/domain/Organization.ts"
import type { AnyPlugin } from "../src/Plugin.ts"
import { Plugins } from "./Plugins.ts"
import { SystemSql } from "./Postgres.ts"
import { type Consumer, consumersOf } from "./subscribers/Consumer.ts"
import { makeDelivery, NotHandled } from "./subscribers/Delivery.ts"
import { onHint } from "./subscribers/Hints.ts"

/** Connections that all consumers together may hold: requests need the rest. */
const atOnce = 2

/** Between two looks at who is behind: at least, for a burst to be one; at most, for lost hints. */
export interface Pace {
  readonly least: Duration.DurationInput
  readonly most: Duration.DurationInput
}

const steady: Pace = { least: "20 millis", most: "1 second" }

/** How long a failed event waits, from a second to a minute. */
const backOff = Schedule.exponential("1 second").pipe(Schedule.union(Schedule.spaced("1 minute")))

/**
 * Hands every plugin the events it subscribes to. Each consumer follows each organization on its
 * own: one that fails holds up nobody else.
 */
export const subscribersOf = (plugins: ReadonlyArray<AnyPlugin>, pace = steady) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const consumers = consumersOf(plugins)
      if (consumers.length === 0) return
      const sql = yield* SystemSql
      const deliver = yield* makeDelivery
      const turns = yield* Effect.makeSemaphore(atOnce)
      const following = yield* FiberMap.make<string>()
      const woken = yield* Queue.sliding<void>(1)

      const follow = (organization: OrganizationId, consumer: Consumer) =>
        turns
          .withPermits(1)(deliver(organization, consumer))
          .pipe(
            Effect.repeat({ while: (isMore) => isMore }),
            Effect.catchAllDefect(Effect.fail),
            Effect.tapError(warn),
            Effect.retry(backOff),
            Effect.annotateLogs({
              plugin: consumer.plugin,
              subscription: consumer.name,
              organization,
            }),
          )

      const byKey = new Map(consumers.map((consumer) => [consumer.key, consumer]))
      const behind = sql<{ organization: OrganizationId; consumer: string }>`
        SELECT h.organization_id AS organization, k.consumer
        FROM event_heads h CROSS JOIN unnest(${[...byKey.keys()] as never}::text[]) k(consumer)
        LEFT JOIN event_consumers c
          ON c.organization_id = h.organization_id AND c.consumer = k.consumer
        WHERE h.position > coalesce(c.position, 0)`

      const look = Effect.gen(function* () {
        for (const { consumer, organization } of yield* behind) {
          const one = follow(organization, byKey.get(consumer)!)
          yield* FiberMap.run(following, `${consumer} ${organization}`, one, {
            onlyIfMissing: true,
          })
        }
      }).pipe(
        Effect.catchAllCause((cause) => Effect.logWarning("nobody knows who is behind", cause)),
      )
      const rest = Effect.zipRight(
        Effect.sleep(pace.least),
        Effect.raceFirst(Queue.take(woken), Effect.sleep(pace.most)),
      )
      yield* Effect.forkScoped(Effect.forever(Effect.zipRight(look, rest)))
      yield* Effect.forkScoped(onHint(sql, Queue.offer(woken, undefined)))
    }).pipe(Effect.annotateLogs("service", "Subscribers")),
  )

/** Those of all plugins of this gateway. */
export const Subscribers = Layer.unwrapEffect(
  Effect.map(Plugins, ({ list }) => subscribersOf(list)),
)

const warn = (failure: unknown) =>
  failure instanceof NotHandled
    ? Effect.annotateLogs(
        Effect.logWarning("an event was not handled and comes again", failure.cause),
        { event: failure.event.id, position: failure.event.position },
      )
    : Effect.logWarning("events were not delivered", failure)
