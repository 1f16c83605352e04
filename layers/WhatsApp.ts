import { Effect, Layer } from "effect"
import { Settings } from "../src/Settings.ts"
import { BaileysConnector } from "./baileys/BaileysConnector.ts"
import { BaileysContacts } from "./baileys/BaileysContacts.ts"
import { BaileysGroups } from "./baileys/BaileysGroups.ts"
import { Sockets } from "./baileys/Sockets.ts"
import { SocketSettings } from "./baileys/SocketSettings.ts"
import { Plugins } from "./Plugins.ts"
import { DatabaseLeases } from "./sessions/DatabaseLeases.ts"
import { SessionDirectory } from "./sessions/SessionDirectory.ts"
import { SessionRepo } from "./sessions/SessionRepo.ts"
import { SessionRows } from "./sessions/SessionRows.ts"
import { SessionRuntime, type SessionRuntimeOptions } from "./sessions/SessionRuntime.ts"
import { Sessions } from "./sessions/Sessions.ts"
import { Sightings } from "./Sightings.ts"

export interface WhatsAppOptions extends SessionRuntimeOptions {
  /** See `SocketSettings`. */
  readonly heartbeat?: number
}

const socketSettings = ({ heartbeat }: WhatsAppOptions) =>
  Layer.effect(
    SocketSettings,
    Effect.map(Settings, ({ whatsapp: { url, version } }) => ({
      url,
      ...(version === undefined ? {} : { version: [...version] as [number, number, number] }),
      ...(heartbeat === undefined ? {} : { heartbeat }),
    })),
  )

const named = SessionDirectory.pipe(
  Layer.provideMerge(
    Layer.unwrapEffect(Effect.map(Settings, ({ gatewayId }) => Sessions(gatewayId))),
  ),
)

const sightings = Layer.unwrapEffect(Effect.map(Plugins, ({ list }) => Sightings(list)))

const leases = Layer.unwrapEffect(
  Effect.map(Settings, ({ gatewayId }) => DatabaseLeases(gatewayId)),
)

const runtime = (options: WhatsAppOptions) =>
  Layer.unwrapEffect(
    Effect.map(Settings, ({ whatsapp: { loginsAtOnce, loginsPerSecond } }) =>
      SessionRuntime.Default({
        pace: { apart: 1000 / loginsPerSecond, atOnce: loginsAtOnce },
        ...options,
      }),
    ),
  )

/** The sessions, running, and one adapter for each port that a plugin declares. */
export const whatsAppWith = (options: WhatsAppOptions) =>
  Layer.mergeAll(named, BaileysContacts, BaileysGroups).pipe(
    Layer.provideMerge(runtime(options)),
    Layer.provide([BaileysConnector, leases]),
    Layer.provide([Sockets.Default, SessionRows.Default]),
    Layer.provide(SessionRepo.Default),
    Layer.provide([sightings, socketSettings(options)]),
  )

export const WhatsApp = whatsAppWith({})
