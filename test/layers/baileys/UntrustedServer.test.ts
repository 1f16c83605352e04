import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { once } from "node:events"
import { Agent, createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { WebSocketServer } from "ws"
import { initAuthCreds, makeWASocket } from "../../../layers/baileys/Vendor.ts"
import { Sessions } from "../../../src/ports/Sessions.ts"
import { MemoryKeys } from "../../emulator/people/MemoryKeys.ts"
import { silentLogger } from "../../emulator/people/Silence.ts"
import * as Database from "../../support/Database.ts"
import { draft, eventually, stage, standing } from "../sessions/Stage.ts"
import { selfSigned } from "./SelfSigned.ts"

/** Answers in WhatsApp's place, with a certificate that nobody has vouched for. */
const impostor = Effect.acquireRelease(
  Effect.promise(async () => {
    const heard: Array<Buffer> = []
    let knocks = 0
    const server = createServer(selfSigned()).on("connection", () => void (knocks += 1))
    const sockets = new WebSocketServer({ server })
    sockets.on("connection", (socket) => socket.on("message", (bytes: Buffer) => heard.push(bytes)))
    await once(server.listen(0, "127.0.0.1"), "listening")
    const url = new URL(`wss://127.0.0.1:${(server.address() as AddressInfo).port}/ws/chat`)
    const close = () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      server.close()
    }
    return { url, heard, knocks: () => knocks, close } as const
  }),
  ({ close }) => Effect.sync(close),
)

layer(Database.layer, { excludeTestServices: true })("a server nobody vouches for", (it) => {
  it.scoped("is not spoken to, and not tried again", () =>
    Effect.gen(function* () {
      const { heard, knocks, url } = yield* impostor
      const { org, gateway } = yield* stage({ url })
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const { id } = yield* sessions.create(org, { ...draft, start: true })
        yield* standing(org, id, "failed")
        const { runtime } = yield* sessions.get(org, id)
        deepStrictEqual(runtime?.lastError?.reason, "untrusted")
        deepStrictEqual([knocks(), heard], [1, []])
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("is spoken to where its certificate is not looked at", () =>
    Effect.gen(function* () {
      const { heard, url } = yield* impostor
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          makeWASocket({
            auth: { creds: initAuthCreds(), keys: new MemoryKeys() },
            waWebSocketUrl: url,
            logger: silentLogger,
            agent: new Agent({ rejectUnauthorized: false }),
          }),
        ),
        (library) => Effect.promise(() => library.end(undefined)),
      )
      const first = yield* eventually(
        Effect.sync(() => heard[0]),
        (bytes) => bytes !== undefined,
      )
      // The header of the protocol inside.
      assertTrue(first?.subarray(0, 2).toString() === "WA")
    }),
  )
})
