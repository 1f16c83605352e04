/** Keeps sessions connected until it is killed, and dies by its own hand at the point it was given. */
import { Deferred, Effect, Either, Layer, Logger, LogLevel, Queue } from "effect"
import { BaileysConnector } from "../../../layers/baileys/BaileysConnector.ts"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import { SocketSettings } from "../../../layers/baileys/SocketSettings.ts"
import * as EmbeddedPostgres from "../../../layers/EmbeddedPostgres.ts"
import { Plugins } from "../../../layers/Plugins.ts"
import { Connector } from "../../../layers/sessions/Connector.ts"
import { SessionRepo } from "../../../layers/sessions/SessionRepo.ts"
import { Sightings } from "../../../layers/Sightings.ts"
import { storage } from "../../../layers/Storage.ts"
import { Vault } from "../../../layers/Vault.ts"
import { plugins } from "../../../plugins/index.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import { Settings } from "../../../src/Settings.ts"
import { breakAt, type Breakage } from "./Breakage.ts"

interface Orders {
  readonly url: string
  readonly organization: string
  readonly sessions: ReadonlyArray<string>
  readonly breakage: Breakage
  /** Whom each session writes to, again and again. */
  readonly replyTo: ReadonlyArray<string>
  readonly logs: "Error" | "Info" | "Debug"
}

const orders = JSON.parse(process.argv[2]!) as Orders
breakAt(orders.breakage)

const settings = Either.getOrThrow(Settings.parse(process.env as Record<string, string>))
const say = (line: object) =>
  Effect.sync(() => void process.stdout.write(`${JSON.stringify(line)}\n`))

const organization = OrganizationId.make(orders.organization)

const connectOnce = (session: SessionId) =>
  Effect.gen(function* () {
    const { updates, prove } = yield* (yield* Connector).connect(organization, session)
    const ended = yield* Deferred.make<void>()
    const follow = Effect.gen(function* () {
      const update = yield* Queue.take(updates)
      if (update._tag === "Qr") yield* say({ qr: update.code, session })
      if (update._tag === "Open") {
        yield* say({ open: session })
        yield* Effect.ignore(prove)
        yield* Effect.forkScoped(Effect.ignore(reply(session)))
      }
      if (update._tag === "Closed") yield* Deferred.succeed(ended, undefined)
    })
    yield* Effect.forkScoped(Effect.forever(follow))
    yield* Deferred.await(ended)
  }).pipe(Effect.scoped, Effect.zipRight(Effect.sleep("50 millis")))

const reply = (session: SessionId) =>
  Effect.gen(function* () {
    const { socket } = yield* (yield* Sockets).get(organization, session)
    for (let nth = 0; orders.replyTo.length > 0; nth += 1) {
      const to = orders.replyTo[nth % orders.replyTo.length]!
      const text = `reply ${nth}`
      yield* Effect.ignore(Effect.tryPromise(() => socket.library.sendMessage(to, { text })))
      yield* Effect.sleep("60 millis")
    }
  })

const Live = BaileysConnector.pipe(
  Layer.provideMerge(Sockets.Default),
  Layer.provideMerge(SessionRepo.Default),
  Layer.provide([Sightings(plugins), Layer.succeed(SocketSettings, { url: new URL(orders.url) })]),
  Layer.provideMerge(Vault),
  Layer.provideMerge(storage(EmbeddedPostgres.start)),
  Layer.provide(Plugins.layer),
  Layer.provide(Layer.succeed(Settings, settings)),
)

Effect.runFork(
  Effect.forEach(orders.sessions, (id) => Effect.forever(connectOnce(SessionId.make(id))), {
    concurrency: "unbounded",
  }).pipe(Effect.provide(Live), Logger.withMinimumLogLevel(LogLevel.fromLiteral(orders.logs))),
)
