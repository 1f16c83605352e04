/** A gateway's sessions against an emulated WhatsApp, as many of each as a test needs. */
import type { SqlClient } from "@effect/sql"
import { Effect, Layer, Schedule } from "effect"
import { ulid } from "ulid"
import { BaileysConnector } from "../../../layers/baileys/BaileysConnector.ts"
import { BaileysGroups } from "../../../layers/baileys/BaileysGroups.ts"
import { SocketSettings } from "../../../layers/baileys/SocketSettings.ts"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { DatabaseLeases } from "../../../layers/sessions/DatabaseLeases.ts"
import { SessionRepo } from "../../../layers/sessions/SessionRepo.ts"
import { SessionRows } from "../../../layers/sessions/SessionRows.ts"
import { SessionRuntime } from "../../../layers/sessions/SessionRuntime.ts"
import { Sessions as SessionsLayer } from "../../../layers/sessions/Sessions.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId, type SessionStatus } from "../../../src/domain/Session.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import type { Safes } from "../../../src/ports/Safes.ts"
import { type SessionDraft, Sessions } from "../../../src/ports/Sessions.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import type { Tenancy } from "../../../src/ports/Tenancy.ts"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { cleanEmulator } from "../../support/CleanEmulator.ts"
import { PlainSafes } from "../../support/PlainSafes.ts"

export const draft: SessionDraft = {
  label: "Reception",
  autoRead: false,
  presenceTyping: false,
  ratePerMin: null,
  ratePerHour: null,
  start: false,
  createdByUserId: null,
}

/** An organization that is gone, with all it owns, when the scope closes. */
export const organization = Effect.gen(function* () {
  const sql = yield* SystemSql
  const id = OrganizationId.make(`org_${ulid()}`)
  yield* Effect.acquireRelease(
    sql`INSERT INTO organizations (organization_id, name, created_at) VALUES (${id}, 'Test', 1)`,
    () => Effect.orDie(sql`DELETE FROM organizations WHERE organization_id = ${id}`),
  )
  return id
})

/** The row of a session that never runs. */
export const storedSession = Effect.fn(function* (organization: OrganizationId) {
  const sql = yield* SystemSql
  const id = SessionId.make(ulid())
  yield* sql`
    INSERT INTO sessions (session_id, organization_id, gateway_id, label, desired, status,
      auto_read, presence_typing, created_at, updated_at)
    VALUES (${id}, ${organization}, 'test', '', 'stopped', 'stopped', false, false, 1, 1)`
  return id
})

/** Keeps everything it is told, in order. */
export const sightingsInMemory = (seen: Array<Sighting>) =>
  Layer.succeed(Sightings, {
    store: (_organization, _session, sightings) => Effect.sync(() => void seen.push(...sightings)),
  })

export interface StageOptions {
  /** Default: the emulated WhatsApp's. */
  readonly url?: URL
  readonly qrTimeout?: number
  readonly heartbeat?: number
  readonly reconcileAfter?: number
  readonly reconcileEvery?: number
  /** Of the emulated WhatsApp's; groups beyond it come truncated. */
  readonly membersPerAnswer?: number
  /** Default: kept in memory, where the test sees them. */
  readonly sightings?: Layer.Layer<Sightings, never, SqlClient.SqlClient | Safes | Tenancy>
}

const backoff = { base: "50 millis", cap: "1 second" } as const

/** Everything of a running gateway that keeps sessions. Closing its scope is stopping it. */
const gatewayOf = (
  settings: SocketSettings["Type"],
  sightings: NonNullable<StageOptions["sightings"]>,
) =>
  Layer.mergeAll(SessionsLayer("test"), BaileysGroups).pipe(
    Layer.provideMerge(SessionRuntime.Default({ backoff, pace: { apart: "5 millis" } })),
    Layer.provideMerge(BaileysConnector),
    Layer.provide(DatabaseLeases("test")),
    Layer.provideMerge(Layer.merge(Sockets.Default, SessionRows.Default)),
    Layer.provideMerge(SessionRepo.Default),
    Layer.provideMerge(EventLog),
    Layer.provide([sightings, PlainSafes, Layer.succeed(SocketSettings, settings)]),
  )

/** An organization, an emulated WhatsApp with a small family, and a gateway between them. */
export const stage = Effect.fn(function* ({
  membersPerAnswer,
  sightings,
  ...settings
}: StageOptions = {}) {
  const whatsapp = yield* cleanEmulator(membersPerAnswer === undefined ? {} : { membersPerAnswer })
  const org = yield* organization
  const me = whatsapp.addPerson({ name: "Me" })
  const bob = whatsapp.addPerson({ name: "Bob" })
  const family = whatsapp.addGroup({ subject: "Family", owner: bob, members: [me] })
  const seen: Array<Sighting> = []
  const sight = (isSo: (sighting: Sighting) => boolean) =>
    eventually(
      Effect.sync(() => seen.find(isSo)),
      (found) => found !== undefined,
    )
  const gateway = gatewayOf(
    { url: new URL(whatsapp.url), ...settings },
    sightings ?? sightingsInMemory(seen),
  )
  return { whatsapp, org, me, bob, family, seen, sight, gateway } as const
})

/** What WhatsApp says when groups have changed of which it sent no notice. */
export const groupsAreDirty = {
  tag: "ib",
  attrs: {},
  content: [{ tag: "dirty", attrs: { type: "groups", timestamp: "1" } }],
}

/** Asks again until it is so, for as long as ten seconds. */
export const eventually = <A, E, R>(ask: Effect.Effect<A, E, R>, isSo: (answer: A) => boolean) =>
  ask.pipe(
    Effect.filterOrFail(isSo, () => "not yet" as const),
    Effect.retry({ schedule: Schedule.spaced("10 millis"), while: (e) => e === "not yet" }),
    Effect.timeoutFail({ duration: "10 seconds", onTimeout: () => new Error("it never was so") }),
    Effect.orDie,
  )

export const standing = (
  organization: OrganizationId,
  session: SessionId,
  ...statuses: ReadonlyArray<SessionStatus>
) =>
  Effect.flatMap(Sessions, (sessions) =>
    eventually(sessions.get(organization, session), ({ status }) => statuses.includes(status)),
  )

/** A new session that the person has scanned. */
export const scanned = Effect.fn(function* (
  organization: OrganizationId,
  emulator: Emulator,
  person: Person,
) {
  const sessions = yield* Sessions
  const { id } = yield* sessions.create(organization, draft)
  const { code } = yield* Effect.orDie(sessions.qr(organization, id))
  yield* Effect.promise(() => emulator.scanQr(code, person))
  return id
})

/** One that works. */
export const linked = (organization: OrganizationId, emulator: Emulator, person: Person) =>
  Effect.tap(scanned(organization, emulator, person), (id) => standing(organization, id, "working"))

export const online = (emulator: Emulator, person: Person, isSo: boolean) =>
  eventually(
    Effect.sync(() => emulator.isOnline(person)),
    (isOnline) => isOnline === isSo,
  )
