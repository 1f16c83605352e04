import { layer } from "@effect/vitest"
import { assertEquals, assertTrue } from "@effect/vitest/utils"
import { Duration, Effect, Fiber } from "effect"
import { call, Refusal } from "../../../layers/baileys/Call.ts"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import { GroupJid } from "../../../src/domain/Jid.ts"
import { SessionOffline } from "../../../src/domain/Session.ts"
import { UpstreamSilent } from "../../../src/domain/WhatsAppFailure.ts"
import * as Database from "../../support/Database.ts"
import { eventually, linked, organization, stage } from "../sessions/Stage.ts"

layer(Database.layer, { excludeTestServices: true })("call", (it) => {
  const online = Effect.gen(function* () {
    const set = yield* stage()
    const { whatsapp, org, me, family } = set
    const live = Effect.gen(function* () {
      const id = yield* linked(org, whatsapp, me)
      return yield* (yield* Sockets).get(org, id)
    })
    const request = {
      tag: "iq",
      attrs: { to: GroupJid.make(family.jid), xmlns: "w:g2", type: "get" },
      content: [{ tag: "query", attrs: { request: "interactive" } }],
    }
    const drop = Effect.sync(() => whatsapp.fault({ child: "query", drop: true }))
    return { ...set, live, request, drop } as const
  })

  it.scoped("is told so when WhatsApp does not answer in time", () =>
    Effect.gen(function* () {
      const { live, request, drop, gateway } = yield* online
      yield* Effect.gen(function* () {
        const { socket } = yield* live
        yield* drop
        assertEquals(yield* Effect.flip(call(socket, request, "100 millis")), new UpstreamSilent())
      }).pipe(Effect.provide(gateway))
    }),
  )

  for (const [kind, status] of [
    ["drop", "starting"],
    ["replaced", "failed"],
    ["removed", "logged_out"],
  ] as const)
    it.scoped(`is offline at once, and says "${status}", when "${kind}" ends the connection`, () =>
      Effect.gen(function* () {
        const { whatsapp, me, live, request, drop, gateway } = yield* online
        yield* Effect.gen(function* () {
          const { socket } = yield* live
          yield* drop
          const asking = yield* Effect.fork(Effect.timed(Effect.flip(call(socket, request))))
          yield* eventually(
            Effect.sync(() => whatsapp.received),
            (received) => received.some(({ node }) => node.attrs["to"] === request.attrs.to),
          )
          whatsapp.kick(me, kind)
          const [took, failure] = yield* Fiber.join(asking)
          assertEquals(failure, new SessionOffline({ status }))
          assertEquals(yield* Effect.flip(call(socket, request)), new SessionOffline({ status }))
          assertTrue(Duration.lessThan(took, "1 second"))
        }).pipe(Effect.provide(gateway))
      }),
    )

  it.scoped("carries WhatsApp's own no, and how long it wants to be left alone", () =>
    Effect.gen(function* () {
      const { whatsapp, live, request, gateway } = yield* online
      yield* Effect.gen(function* () {
        const { socket } = yield* live
        whatsapp.fault({
          child: "query",
          code: 429,
          text: "rate-overlimit",
          attrs: { backoff: "17" },
        })
        assertEquals(
          yield* Effect.flip(call(socket, request)),
          new Refusal({ code: 429, text: "rate-overlimit", backoffSeconds: 17 }),
        )
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("reads a no whose numbers are none as a defect of WhatsApp's", () =>
    Effect.gen(function* () {
      const { whatsapp, live, request, gateway } = yield* online
      yield* Effect.gen(function* () {
        const { socket } = yield* live
        const asked = Effect.flip(call(socket, request))
        const text = "emulated"
        whatsapp.fault({ child: "query", code: NaN, text })
        assertEquals(yield* asked, new Refusal({ code: 500, text, backoffSeconds: undefined }))
        whatsapp.fault({ child: "query", code: 429, text, attrs: { backoff: "soon" } })
        assertEquals(yield* asked, new Refusal({ code: 429, text, backoffSeconds: undefined }))
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("is offline for a session of another organization", () =>
    Effect.gen(function* () {
      const { live, gateway } = yield* online
      const stranger = yield* organization
      yield* Effect.gen(function* () {
        const { socket } = yield* live
        assertEquals(
          yield* Effect.flip((yield* Sockets).get(stranger, socket.session)),
          new SessionOffline({ status: "stopped" }),
        )
      }).pipe(Effect.provide(gateway))
    }),
  )
})
