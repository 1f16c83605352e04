import { describe, expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Option } from "effect"
import { EventEmitter } from "node:events"
import { keepHeartbeat } from "../../../layers/baileys/Heartbeat.ts"
import { makeQueryBudget } from "../../../layers/baileys/QueryBudget.ts"
import type { Closed } from "../../../layers/sessions/Connector.ts"

/** An open socket whose other side takes everything and answers nothing. */
const frozen = Effect.gen(function* () {
  const ended = yield* Deferred.make<unknown>()
  const ws = new EventEmitter()
  const library = {
    ws,
    end: (reason: unknown) => Effect.runPromise(Deferred.succeed(ended, reason)),
    generateMessageTag: () => "1",
    sendNode: () => Promise.resolve(),
  }
  const socket = {
    library,
    isOpen: () => true,
    closed: yield* Deferred.make<Closed>(),
    budget: yield* makeQueryBudget,
    meter: { requested: 0 },
  }
  return { socket: socket as never, ended: Deferred.await(ended) } as const
})

describe("Heartbeat", () => {
  it.scopedLive("cuts a frozen line within 1.8 beats: of 25 seconds that is 45", () =>
    Effect.gen(function* () {
      const { socket, ended } = yield* frozen
      const beat = 1_000
      yield* keepHeartbeat(socket, beat, { isPaused: () => false })
      const [took] = yield* Effect.timed(ended)
      expect(Duration.toMillis(took)).toBeLessThan(1.8 * beat)
    }),
  )

  it.scopedLive("takes nobody for silent whom it does not listen to", () =>
    Effect.gen(function* () {
      const { socket, ended } = yield* frozen
      yield* keepHeartbeat(socket, 50, { isPaused: () => true })
      expect(Option.isNone(yield* Effect.timeoutOption(ended, "500 millis"))).toBe(true)
    }),
  )
})
