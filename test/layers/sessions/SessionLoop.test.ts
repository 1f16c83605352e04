import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Fiber, Layer, Option, Queue, Ref, TestClock } from "effect"
import { type Closed, Connector, type Update } from "../../../layers/sessions/Connector.ts"
import type { PairingRequest } from "../../../layers/sessions/Leases.ts"
import { afterClose, defaultBackoff } from "../../../layers/sessions/Reconnect.ts"
import type { RunningSession } from "../../../layers/sessions/RunningSession.ts"
import { SessionRows } from "../../../layers/sessions/SessionRows.ts"
import { runSession } from "../../../layers/sessions/SessionLoop.ts"
import { PhoneJid } from "../../../src/domain/Jid.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"

const organization = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C")
const session = SessionId.make("01J9ZX8K2QHV0M3T6R7P4N5W8C")

const qr: Update = { _tag: "Qr", code: "scan me", expiresAt: 60_000 }
const open: Update = {
  _tag: "Open",
  account: {
    phoneJid: PhoneJid.make("6281234567890@s.whatsapp.net"),
    lid: undefined,
    name: undefined,
  },
}
const closed = (reason: Closed["reason"]): Closed => ({ _tag: "Closed", reason, code: 0, text: "" })

/** One connection after the other says what the script has for it; the last one stays open. */
const scripted = Effect.fn(function* (
  script: ReadonlyArray<ReadonlyArray<Update>>,
  prove: Effect.Effect<void> = Effect.void,
) {
  const log = yield* Ref.make<ReadonlyArray<string>>([])
  const note = (line: string) => Ref.update(log, (lines) => [...lines, line])
  const answered: Array<string> = []
  let connections = 0
  const connector = Layer.succeed(Connector, {
    connect: () =>
      Effect.gen(function* () {
        yield* Effect.acquireRelease(note("connect"), () => note("end"))
        const updates = yield* Queue.unbounded<Update>()
        yield* Queue.offerAll(updates, script[connections] ?? [])
        connections += 1
        return {
          updates,
          prove,
          backfill: Effect.void,
          logOut: Effect.succeed(true),
          pairByPhone: (phone: string) =>
            Effect.succeed({ code: `code for ${phone}`, expiresAt: 60_000 }),
          hangUp: () => {},
          isLinked: false,
          lastTrafficAt: () => undefined,
          waiting: () => 0,
        }
      }),
    isPaired: () => Effect.succeed(true),
    forget: () => note("forget"),
  })
  const rows = Layer.succeed(
    SessionRows,
    SessionRows.make({
      begin: () => note("starting"),
      enter: (_, { account, error, status, unwanted }) =>
        note(
          [account && "linked", status, error?.reason, unwanted === true ? "unwanted" : undefined]
            .filter(Boolean)
            .join(),
        ),
      shown: () => note("scan_qr_code"),
      linked: () => note("linked"),
      pairingAnswered: (_, { id }, answer) => {
        answered.push(`${id} ${answer._tag}`)
        return Effect.void
      },
      backfilled: () => Effect.void,
      sawTraffic: () => Effect.void,
    }),
  )
  const running: RunningSession = {
    organization,
    session,
    lease: { organization, session, fence: 1 },
    revision: 0,
    code: undefined,
    pairings: yield* Queue.unbounded<PairingRequest>(),
    connection: undefined,
    asked: undefined,
    backfilling: undefined,
  }
  const logins = yield* Effect.makeSemaphore(1)
  const run = runSession(running, {
    backoff: defaultBackoff,
    pace: logins.withPermits(1),
    policy: afterClose,
  }).pipe(Effect.provide(connector), Effect.provide(rows))
  return { run, log: Ref.get(log), running, logins, answered } as const
})

describe("runSession", () => {
  it.effect("links, restarts, works", () =>
    Effect.gen(function* () {
      const { run, log } = yield* scripted([[qr, { _tag: "Paired" }, closed("restart")], [open]])
      const fiber = yield* Effect.fork(run)
      yield* TestClock.adjust(0)
      deepStrictEqual(yield* log, [
        "starting",
        "connect",
        "scan_qr_code",
        "starting",
        "end",
        "starting",
        "connect",
        "linked,working",
      ])
      yield* Fiber.interrupt(fiber)
      assertTrue((yield* log).at(-1) === "end")
    }),
  )

  it.effect("waits before it connects again", () =>
    Effect.gen(function* () {
      const { run, log } = yield* scripted([[open, closed("lost")], [open]])
      const connects = Effect.map(log, (lines) => lines.filter((line) => line === "connect").length)
      yield* Effect.fork(run)
      yield* TestClock.adjust("400 millis")
      assertTrue((yield* connects) === 1)
      yield* TestClock.adjust("600 millis")
      assertTrue((yield* connects) === 2)
    }),
  )

  for (const [reason, ending] of [
    ["unscanned", ["stopped,unscanned,unwanted"]],
    ["logged_out", ["forget", "logged_out,logged_out,unwanted"]],
    ["replaced", ["failed,replaced"]],
    ["refused", ["failed,refused"]],
  ] as const)
    it.effect(`comes to rest after "${reason}"`, () =>
      Effect.gen(function* () {
        const { run, log } = yield* scripted([[closed(reason)]])
        yield* run
        const lines = yield* log
        deepStrictEqual(lines.slice(lines.indexOf("end") + 1), [...ending])
      }),
    )

  for (const [ending, after] of [
    ["freezes", [qr]],
    ["ends as if nobody had scanned", [qr, closed("unscanned")]],
  ] as const)
    it.effect(`logs in with what a phone has linked on a connection that then ${ending}`, () =>
      Effect.gen(function* () {
        const { run, log } = yield* scripted([[qr, { _tag: "Paired" }, ...after], [open]])
        const fiber = yield* Effect.fork(run)
        yield* TestClock.adjust("31 seconds")
        const lines = yield* log
        deepStrictEqual(lines.slice(lines.indexOf("scan_qr_code")), [
          "scan_qr_code",
          "starting",
          "end",
          "starting",
          "connect",
          "linked,working",
        ])
        yield* Fiber.interrupt(fiber)
      }),
    )

  it.effect("gives up a login that says nothing", () =>
    Effect.gen(function* () {
      const { run, log } = yield* scripted([[], [open]])
      yield* Effect.fork(run)
      yield* TestClock.adjust("42 seconds")
      assertTrue((yield* log).includes("linked,working"))
    }),
  )

  it.effect("waits for its turn to log in", () =>
    Effect.gen(function* () {
      const { run, log, logins } = yield* scripted([[open]])
      yield* logins.take(1)
      yield* Effect.fork(run)
      yield* TestClock.adjust(0)
      deepStrictEqual(yield* log, ["starting"])
      yield* logins.release(1)
      yield* TestClock.adjust(0)
      assertTrue((yield* log).includes("linked,working"))
    }),
  )

  it.effect("lets the next one log in while it stores its groups", () =>
    Effect.gen(function* () {
      const stored = yield* Deferred.make<void>()
      const { run, log, logins } = yield* scripted([[open]], Deferred.await(stored))
      yield* Effect.fork(run)
      yield* TestClock.adjust(0)
      assertTrue(Option.isSome(yield* logins.withPermitsIfAvailable(1)(Effect.void)))
      assertTrue(!(yield* log).includes("linked,working"))
      yield* Deferred.succeed(stored, undefined)
      yield* TestClock.adjust(0)
      assertTrue((yield* log).includes("linked,working"))
    }),
  )

  it.effect("shows a code only while it is to be scanned", () =>
    Effect.gen(function* () {
      const { run, running } = yield* scripted([[qr], []])
      const fiber = yield* Effect.fork(run)
      yield* TestClock.adjust(0)
      assertTrue(running.code !== undefined)
      yield* Fiber.interrupt(fiber)
      assertTrue(running.code === undefined)
    }),
  )

  it.effect("asks for a code to type once there is one to scan, and not for a late comer", () =>
    Effect.gen(function* () {
      const { run, running, answered } = yield* scripted([[qr]])
      yield* Queue.offer(running.pairings, { id: "first", phone: "62812", askedAt: 0 })
      const fiber = yield* Effect.fork(run)
      yield* TestClock.adjust("20 seconds")
      yield* Queue.offer(running.pairings, { id: "late", phone: "62812", askedAt: 0 })
      yield* TestClock.adjust(0)
      deepStrictEqual(answered, ["first Code"])
      yield* Fiber.interrupt(fiber)
    }),
  )
})
