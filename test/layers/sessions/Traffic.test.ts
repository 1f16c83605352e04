import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Layer, Queue, TestClock } from "effect"
import { Connector, type Update } from "../../../layers/sessions/Connector.ts"
import { Leases, type Order } from "../../../layers/sessions/Leases.ts"
import { SessionRepo } from "../../../layers/sessions/SessionRepo.ts"
import { SessionRows, type Traffic } from "../../../layers/sessions/SessionRows.ts"
import { SessionRuntime } from "../../../layers/sessions/SessionRuntime.ts"
import { PhoneJid } from "../../../src/domain/Jid.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"

const organization = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C")
const session = SessionId.make("01J9ZX8K2QHV0M3T6R7P4N5W8C")

const order: Order = {
  organization,
  session,
  fence: 1,
  desired: "running",
  revision: 0,
  pairing: null,
  backfill: null,
}

const open: Update = {
  _tag: "Open",
  account: {
    phoneJid: PhoneJid.make("6281234567890@s.whatsapp.net"),
    lid: undefined,
    name: undefined,
  },
}

const leases = Layer.succeed(Leases, {
  join: Effect.map(Deferred.make<void>(), (ended) => ({
    orders: () => Effect.succeed([order]),
    release: () => Effect.void,
    ended,
  })),
})

/** One connection, which stays, and what waits on it. */
const connectorOf = (now: { waiting: number; at: number | undefined }) =>
  Layer.mock(Connector, {
    connect: () =>
      Effect.gen(function* () {
        const updates = yield* Queue.unbounded<Update>()
        yield* Queue.offer(updates, open)
        return {
          updates,
          prove: Effect.void,
          backfill: Effect.void,
          logOut: Effect.succeed(true),
          pairByPhone: () => Effect.never,
          hangUp: () => {},
          isLinked: true,
          lastTrafficAt: () => now.at,
          waiting: () => now.waiting,
        }
      }),
  })

const rowsThat = (told: Array<ReadonlyArray<Traffic>>) =>
  Layer.mock(SessionRows, {
    _tag: "layers/sessions/SessionRows",
    begin: () => Effect.void,
    enter: () => Effect.void,
    sawTraffic: (seen) => Effect.sync(() => void told.push(seen)),
  })

const repo = Layer.mock(SessionRepo, {
  _tag: "layers/sessions/SessionRepo",
  retryFailed: Effect.void,
})

describe("SessionRuntime", () => {
  it.scoped("tells every half minute what is not stored yet, and when somebody was heard", () =>
    Effect.gen(function* () {
      const now: { waiting: number; at: number | undefined } = { waiting: 3, at: 5 }
      const told: Array<ReadonlyArray<Traffic>> = []
      const runtime = SessionRuntime.Default({}).pipe(
        Layer.provide([leases, connectorOf(now), rowsThat(told)]),
        Layer.provide(repo),
      )
      yield* Layer.build(runtime)
      yield* TestClock.adjust("29 seconds")
      deepStrictEqual(told, [])
      yield* TestClock.adjust("1 second")
      now.waiting = 0
      now.at = 9
      yield* TestClock.adjust("30 seconds")
      deepStrictEqual(told, [[{ session, at: 5, waiting: 3 }], [{ session, at: 9, waiting: 0 }]])
    }),
  )
})
