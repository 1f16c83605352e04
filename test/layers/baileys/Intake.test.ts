import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import { EventEmitter } from "node:events"
import { boundIntake } from "../../../layers/baileys/Intake.ts"

/** A library whose line says what it is told. */
const stub = () => {
  const told: Array<string> = []
  const socket = { pause: () => told.push("pause"), resume: () => told.push("resume") }
  const ws = Object.assign(new EventEmitter(), { socket })
  return { told, ws, library: { ws } as never }
}

describe("Intake", () => {
  it.scoped("stops the line when too much is waiting, and lets it run when little is left", () =>
    Effect.gen(function* () {
      const { library, told, ws } = stub()
      let waiting = 0
      const { isPaused } = yield* boundIntake(library, () => waiting)
      ws.emit("frame")
      expect(told).toEqual([])
      waiting = 1_000
      ws.emit("frame")
      ws.emit("frame")
      yield* TestClock.adjust("1 second")
      expect([told, isPaused()]).toEqual([["pause"], true])
      waiting = 200
      yield* TestClock.adjust("1 second")
      expect([told, isPaused()]).toEqual([["pause", "resume"], false])
    }),
  )

  it.scoped("lets some more in when nothing has moved for long", () =>
    Effect.gen(function* () {
      const { library, told, ws } = stub()
      yield* boundIntake(library, () => 1_000)
      ws.emit("frame")
      yield* TestClock.adjust("5 seconds")
      expect(told).toEqual(["pause"])
      yield* TestClock.adjust("6 seconds")
      expect(told).toEqual(["pause", "resume"])
    }),
  )
})
