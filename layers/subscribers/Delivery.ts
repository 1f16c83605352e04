import { SqlClient } from "@effect/sql"
import { type Cause, Data, Effect, Exit } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { StorageServices } from "../../src/Plugin.ts"
import { Events, type LoggedEvent } from "../../src/ports/Events.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import type { Consumer } from "./Consumer.ts"

/** Events per transaction: few enough that no consumer holds a connection for long. */
const batch = 50

/** A handler that takes longer counts as failed: its transaction holds up others. */
const patience = "20 seconds"

/** A handler failed. What came before in the batch is committed; this event comes again. */
export class NotHandled extends Data.TaggedError("NotHandled")<{
  readonly event: LoggedEvent
  readonly cause: Cause.Cause<unknown>
}> {}

/** Hands a consumer its next events of one organization; answers whether there may be more. */
export const makeDelivery = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { within } = yield* Tenancy
  const events = yield* Events
  const storage = yield* Effect.context<StorageServices>()

  /** Where the consumer stands; undefined while another process is at it. */
  const claim = Effect.fnUntraced(function* (organization: OrganizationId, { key }: Consumer) {
    yield* sql`
      INSERT INTO event_consumers (organization_id, consumer, position)
      VALUES (${organization}, ${key}, 0) ON CONFLICT DO NOTHING`
    const [row] = yield* sql<{ position: number }>`
      SELECT position FROM event_consumers
      WHERE organization_id = ${organization} AND consumer = ${key} FOR UPDATE SKIP LOCKED`
    return row?.position
  })

  const headOf = (organization: OrganizationId) =>
    Effect.map(
      sql<{ position: number }>`
        SELECT position FROM event_heads WHERE organization_id = ${organization}`,
      ([row]) => row?.position ?? 0,
    )

  const advance = (organization: OrganizationId, { key }: Consumer, position: number) => sql`
    UPDATE event_consumers SET position = ${position}
    WHERE organization_id = ${organization} AND consumer = ${key}`

  /** In a savepoint: what a failed handler wrote is undone, and nothing else. */
  const handled = ({ handle }: Consumer, event: LoggedEvent) =>
    handle(event).pipe(
      Effect.timeoutFail({
        duration: patience,
        onTimeout: () => `not handled within ${patience}`,
      }),
      Effect.orDie,
      within(event.organization),
      Effect.provide(storage),
      Effect.annotateLogs("event", event.id),
      Effect.exit,
    )

  const next = Effect.fnUntraced(function* (organization: OrganizationId, consumer: Consumer) {
    const position = yield* claim(organization, consumer)
    if (position === undefined) return { isMore: false, failed: undefined }
    // Read first: whatever comes after it, is after all that is skipped.
    const head = yield* headOf(organization)
    const found = yield* events.read(organization, position, batch, consumer.events)
    for (const event of found) {
      const exit = yield* handled(consumer, event)
      if (Exit.isFailure(exit)) {
        yield* advance(organization, consumer, event.position - 1)
        return { isMore: true, failed: new NotHandled({ event, cause: exit.cause }) }
      }
    }
    const isMore = found.length === batch
    const done = isMore ? found.at(-1)!.position : Math.max(head, found.at(-1)?.position ?? 0)
    yield* advance(organization, consumer, done)
    return { isMore, failed: undefined }
  })

  return (organization: OrganizationId, consumer: Consumer): Effect.Effect<boolean, NotHandled> =>
    next(organization, consumer).pipe(
      Effect.orDie,
      within(organization),
      Effect.flatMap(({ failed, isMore }) =>
        failed === undefined ? Effect.succeed(isMore) : Effect.fail(failed),
      ),
    )
})
