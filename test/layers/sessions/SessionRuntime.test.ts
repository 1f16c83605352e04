import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Layer } from "effect"
import { Connector } from "../../../layers/sessions/Connector.ts"
import { SessionRuntime } from "../../../layers/sessions/SessionRuntime.ts"
import type { Kick } from "../../emulator/router/Kicks.ts"
import { Sessions } from "../../../src/ports/Sessions.ts"
import * as Database from "../../support/Database.ts"
import { draft, eventually, linked, online, stage, standing } from "./Stage.ts"

layer(Database.layer, { excludeTestServices: true })("SessionRuntime", (it) => {
  for (const kind of ["restart", "drop", "end", "unavailable", "uncoded"] as const)
    it.scoped(`is back by itself after WhatsApp's "${kind}"`, () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          const id = yield* linked(org, whatsapp, me)
          whatsapp.kick(me, kind)
          yield* standing(org, id, "starting")
          yield* standing(org, id, "working")
          assertTrue(whatsapp.isOnline(me))
        }).pipe(Effect.provide(gateway))
      }),
    )

  it.scoped("notices that WhatsApp has fallen silent, and is back", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage({ heartbeat: 300 })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        whatsapp.freeze(me)
        const [took] = yield* Effect.timed(standing(org, id, "starting"))
        yield* standing(org, id, "working")
        assertTrue(Duration.lessThan(took, "2 seconds"))
      }).pipe(Effect.provide(gateway))
    }),
  )

  /** Where a session ends up, and whether it could still log in. */
  const after = Effect.fn(function* (kind: Kick, status: "failed" | "logged_out") {
    const { whatsapp, org, me, gateway } = yield* stage()
    return yield* Effect.gen(function* () {
      const id = yield* linked(org, whatsapp, me)
      whatsapp.kick(me, kind)
      yield* standing(org, id, status)
      const isPaired = yield* (yield* Connector).isPaired(org, id)
      const isRunning = (yield* SessionRuntime).find(id) !== undefined
      return { isPaired, isRunning, isOnline: whatsapp.isOnline(me) }
    }).pipe(Effect.provide(gateway))
  })

  it.scoped("is logged out, and forgets its credentials, when the phone removes the device", () =>
    Effect.gen(function* () {
      const { isPaired, isOnline } = yield* after("removed", "logged_out")
      strictEqual(isPaired, false)
      strictEqual(isOnline, false)
    }),
  )

  it.scoped("does not fight over credentials that somebody else uses", () =>
    Effect.gen(function* () {
      const { isPaired, isOnline } = yield* after("replaced", "failed")
      strictEqual(isPaired, true)
      strictEqual(isOnline, false)
    }),
  )

  for (const kind of ["locked", "downgraded"] as const)
    it.scoped(`keeps the credentials of an account that is ${kind}`, () =>
      Effect.gen(function* () {
        const { isPaired } = yield* after(kind, "failed")
        strictEqual(isPaired, true)
      }),
    )

  it.scoped("tries again while WhatsApp does not say which groups a new account is in", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        whatsapp.fault({ child: "participating", code: 503, text: "service-unavailable" })
        yield* linked(org, whatsapp, me)
        strictEqual(loginsOf(whatsapp.received), 2)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("does not believe a connection that is open and carries nothing", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage({ heartbeat: 400 })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        const before = loginsOf(whatsapp.received)
        whatsapp.fault({ xmlns: "w:p", drop: true, times: 100 })
        whatsapp.kick(me, "drop")
        yield* standing(org, id, "starting")
        yield* eventually(
          Effect.sync(() => loginsOf(whatsapp.received)),
          (logins) => logins > before + 1,
        )
        const { status } = yield* (yield* Sessions).get(org, id)
        strictEqual(status, "starting")
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("lets go of WhatsApp when it is stopped", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const id = yield* linked(org, whatsapp, me)
        strictEqual((yield* sessions.stop(org, id)).status, "stopped")
        yield* online(whatsapp, me, false)
        yield* sessions.start(org, id)
        yield* standing(org, id, "working")
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("of one process does what another is asked to", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        yield* Effect.gen(function* () {
          const other = yield* Sessions
          strictEqual((yield* SessionRuntime).find(id), undefined)
          strictEqual((yield* other.stop(org, id)).status, "stopped")
          yield* online(whatsapp, me, false)
          yield* other.start(org, id)
          yield* standing(org, id, "working")
          yield* other.remove(org, id)
          strictEqual(me.companions.size, 0)
        }).pipe(Effect.provide(Layer.fresh(gateway)))
      }).pipe(Effect.provide(gateway))
      whatsapp.assertClean()
    }),
  )

  it.scoped("shows everybody the code that one process has", () =>
    Effect.gen(function* () {
      const { org, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const { id } = yield* (yield* Sessions).create(org, draft)
        const code = yield* (yield* Sessions).qr(org, id)
        const seen = yield* Effect.flatMap(Sessions, (other) => other.qr(org, id)).pipe(
          Effect.provide(Layer.fresh(gateway)),
        )
        deepStrictEqual(seen, code)
      }).pipe(Effect.provide(gateway))
    }),
  )
})

const loginsOf = (received: ReadonlyArray<{ readonly node: { attrs: Record<string, string> } }>) =>
  received.filter(({ node }) => node.attrs["xmlns"] === "passive").length
