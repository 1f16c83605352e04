import { describe, expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Option } from "effect"
import { EventEmitter } from "node:events"
import { keepHeartbeat } from "../../../layers/baileys/Heartbeat.ts"
import { makeQueryBudget } from "../../../layers/baileys/QueryBudget.ts"
import type { Closed } from "../../../layers/sessions/Connector.ts"

/** An open socket whose other side does what it does with each question. */
const facing = Effect.fn(function* (onQuestion: (ws: EventEmitter, tag: string) => void) {
  const ended = yield* Deferred.make<unknown>()
  const ws = new EventEmitter()
  let questions = 0
  const library = {
    ws,
    end: (reason: unknown) => Effect.runPromise(Deferred.succeed(ended, reason)),
    generateMessageTag: () => String((questions += 1)),
    sendNode: ({ attrs }: { readonly attrs: { readonly id: string } }) => {
      setImmediate(onQuestion, ws, `TAG:${attrs.id}`)
      return Promise.resolve()
    },
  }
  const socket = {
    library,
    isOpen: () => true,
    closed: yield* Deferred.make<Closed>(),
    budget: yield* makeQueryBudget,
    meter: { requested: 0 },
  }
  return {
    socket: socket as never,
    ended: Deferred.await(ended),
    asked: () => questions,
    listeners: () => ws.eventNames().filter((name) => String(name).startsWith("TAG:")).length,
  } as const
})

/** Takes everything and answers nothing. */
const frozen = facing(() => {})

const heard = { isPaused: () => false }

describe("Heartbeat", () => {
  it.scopedLive("cuts a frozen line within 1.8 beats: of 25 seconds that is 45", () =>
    Effect.gen(function* () {
      const { socket, ended } = yield* frozen
      const beat = 1_000
      yield* keepHeartbeat(socket, beat, heard)
      const [took] = yield* Effect.timed(ended)
      expect(Duration.toMillis(took)).toBeLessThan(1.8 * beat)
    }),
  )

  it.scopedLive("leaves a line alone that answers, and no listener behind", () =>
    Effect.gen(function* () {
      const { asked, ended, listeners, socket } = yield* facing((ws, tag) => {
        ws.emit("frame")
        ws.emit(tag, {})
      })
      yield* keepHeartbeat(socket, 50, heard)
      expect(Option.isNone(yield* Effect.timeoutOption(ended, "500 millis"))).toBe(true)
      expect(asked()).toBeGreaterThan(3)
      expect(asked()).toBeLessThan(12)
      expect(listeners()).toBeLessThan(2)
    }),
  )

  it.scopedLive("takes nobody for silent because this process stood still", () =>
    Effect.gen(function* () {
      const { asked, ended, socket } = yield* facing((ws, tag) => {
        const until = performance.now() + 80
        while (performance.now() < until);
        // As what the kernel has by then: it is read when all timers that are due have run.
        setImmediate(() => ws.emit(tag, {}))
      })
      yield* keepHeartbeat(socket, 100, heard)
      expect(Option.isNone(yield* Effect.timeoutOption(ended, "600 millis"))).toBe(true)
      expect(asked()).toBeGreaterThan(2)
    }),
  )

  it.scopedLive("gives an answer the time of three where other things come before it", () =>
    Effect.gen(function* () {
      const { asked, ended, socket } = yield* facing((ws) => ws.emit("frame"))
      yield* keepHeartbeat(socket, 50, heard)
      yield* ended
      expect(asked()).toBe(3)
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
