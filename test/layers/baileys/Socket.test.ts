import { layer } from "@effect/vitest"
import { assertTrue } from "@effect/vitest/utils"
import { Deferred, Duration, Effect, Exit } from "effect"
import type { Socket } from "../../../layers/baileys/Socket.ts"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import * as Database from "../../support/Database.ts"
import { eventually, linked, online, stage } from "../sessions/Stage.ts"
import { libraryTimers } from "./LibraryTimers.ts"

layer(Database.layer, { excludeTestServices: true })("Socket", (it) => {
  it.scoped("leaves nobody waiting for an answer once it has closed", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const { socket } = yield* Effect.flatMap(linked(org, whatsapp, me), (id) =>
          Effect.flatMap(Sockets, (sockets) => sockets.get(org, id)),
        )
        whatsapp.fault({ xmlns: "w:p", drop: true })
        const asked = whatsapp.received.length
        const waiting = yield* Effect.fork(Effect.exit(ask(socket)))
        yield* eventually(
          Effect.sync(() => whatsapp.received.slice(asked)),
          (received) => received.some(({ node }) => node.attrs["xmlns"] === "w:p"),
        )
        whatsapp.kick(me, "replaced")
        yield* Deferred.await(socket.closed)
        const [took, answer] = yield* Effect.timed(waiting)
        assertTrue(Exit.isFailure(answer))
        assertTrue(Duration.lessThan(took, "1 second"))
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("tells what the library still held when it closed: it has been receipted", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const { socket } = yield* Effect.flatMap(linked(org, whatsapp, me), (id) =>
          Effect.flatMap(Sockets, (sockets) => sockets.get(org, id)),
        )
        const { ev } = socket.library
        ev.buffer()
        ev.emit("contacts.upsert", [{ id: "205227043110953@lid", notify: "Held" }])
        assertTrue(ev.isBuffering())
        whatsapp.kick(me, "drop")
        yield* sight((one) => one._tag === "ContactSeen" && one.pushName === "Held")
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("keeps no timer for those who ask it after that", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      const { socket } = yield* Effect.flatMap(linked(org, whatsapp, me), (id) =>
        Effect.flatMap(Sockets, (sockets) => sockets.get(org, id)),
      ).pipe(Effect.provide(gateway))
      yield* online(whatsapp, me, false)
      const timers = yield* libraryTimers
      assertTrue(Exit.isFailure(yield* Effect.exit(ask(socket))))
      yield* eventually(
        Effect.sync(() => [...timers.values()]),
        (left) => left.length === 0,
      )
    }),
  )
})

const ask = ({ library }: Socket) =>
  Effect.tryPromise(() =>
    library.query({ tag: "iq", attrs: { to: "s.whatsapp.net", xmlns: "w:p", type: "get" } }),
  )
