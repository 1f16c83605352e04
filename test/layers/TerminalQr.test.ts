import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { Console, Effect, Layer, Queue, TestClock } from "effect"
import type { PairingRequest } from "../../layers/sessions/Leases.ts"
import type { RunningSession } from "../../layers/sessions/RunningSession.ts"
import { SessionRuntime } from "../../layers/sessions/SessionRuntime.ts"
import { TerminalQr } from "../../layers/TerminalQr.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { SessionId } from "../../src/domain/Session.ts"

const organization = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C")
const session = SessionId.make("01J9ZX8K2QHV0M3T6R7P4N5W8C")

/** One session that waits for a phone, and what is printed. */
const scene = Effect.fn(function* (isTTY: boolean) {
  const printed = yield* Queue.unbounded<string>()
  const waiting: RunningSession = {
    organization,
    session,
    lease: { organization, session, fence: 1 },
    revision: 0,
    code: { code: "scan me", expiresAt: 60_000 },
    pairings: yield* Queue.unbounded<PairingRequest>(),
    connection: undefined,
    asked: undefined,
    backfilling: undefined,
  }
  const all = [waiting]
  const looks: Array<number> = []
  const runtime = SessionRuntime.make({
    poke: Effect.void,
    find: () => undefined,
    all: () => {
      looks.push(all.length)
      return all
    },
  })
  const console = yield* Console.consoleWith(Effect.succeed)
  yield* Layer.build(TerminalQr({ isTTY })).pipe(
    Effect.provideService(SessionRuntime, runtime),
    Effect.withConsole({ ...console, log: (text: string) => Queue.offer(printed, text) }),
  )
  yield* TestClock.adjust(0)
  return { printed, all, waiting, looks } as const
})

describe("TerminalQr", () => {
  it.scoped("draws a code once, and again for a session that was gone meanwhile", () =>
    Effect.gen(function* () {
      const { all, printed, waiting } = yield* scene(true)
      const picture = yield* Queue.take(printed)
      assertTrue(picture.includes(session) && picture.includes("▄"))
      yield* TestClock.adjust("2 seconds")
      strictEqual(yield* Queue.size(printed), 0)
      all.pop()
      yield* TestClock.adjust("1 second")
      all.push(waiting)
      yield* TestClock.adjust("1 second")
      strictEqual(yield* Queue.take(printed), picture)
    }),
  )

  it.scoped("looks at no code where nobody watches a terminal", () =>
    Effect.gen(function* () {
      const { looks } = yield* scene(false)
      yield* TestClock.adjust("2 seconds")
      strictEqual(looks.length, 0)
    }),
  )
})
