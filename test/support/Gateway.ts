import {
  Context,
  Effect,
  Either,
  Layer,
  Logger,
  LogLevel,
  Redacted,
  Schedule,
  type Scope,
} from "effect"
import { randomBytes } from "node:crypto"
import { Main } from "../../layers/Main.ts"
import type { Capability } from "../../src/domain/Capability.ts"
import type { Organization } from "../../src/domain/Organization.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { Settings } from "../../src/Settings.ts"
import type { Emulator } from "../emulator/Emulator.ts"
import type { Person } from "../emulator/people/Person.ts"
import { cleanEmulator } from "./CleanEmulator.ts"
import { api } from "./Http.ts"

/** The WhatsApp that the gateway of the context talks to. */
export class WhatsApp extends Context.Tag("test/WhatsApp")<WhatsApp, Emulator>() {
  static readonly layer = Layer.scoped(WhatsApp, cleanEmulator())
}

const everything: ReadonlyArray<Capability> = ["read", "send", "manage"]

/** A whole gateway in this process: real database, real HTTP, an emulated WhatsApp. */
export const gatewayOn = <E>(
  database: Effect.Effect<Redacted.Redacted, E, Scope.Scope>,
  env: Readonly<Record<string, string>> = {},
  main: typeof Main = Main,
) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const { url } = yield* WhatsApp
      const databaseUrl = yield* database
      const settings = Settings.parse({
        PORT: "0",
        DATABASE_URL: Redacted.value(databaseUrl),
        DATABASE_POOL: "5",
        GATEWAY_MASTER_KEY: randomBytes(32).toString("base64"),
        WHATSAPP_URL: url,
        WHATSAPP_ALLOW_INSECURE: "loopback",
        ...env,
      })
      return Layer.provideMerge(main, Layer.succeed(Settings, Either.getOrThrow(settings)))
    }),
  ).pipe(
    Layer.provideMerge(WhatsApp.layer),
    Layer.provideMerge(
      Logger.minimumLogLevel(env["LOG_LEVEL"] === "debug" ? LogLevel.Debug : LogLevel.Warning),
    ),
  )

/** A tenant and a key that may do what the test needs. */
export interface Tenant {
  readonly organization: Organization
  readonly key: string
}

export const tenant = Effect.fn(function* (capabilities = everything) {
  const organization = yield* (yield* Organizations).create("Test")
  return { organization, key: yield* keyOf(organization, capabilities) } satisfies Tenant
})

export const keyOf = Effect.fn(function* (
  { id }: Organization,
  capabilities: ReadonlyArray<Capability>,
) {
  const draft = { name: "test", capabilities, expiresAt: null }
  const { token } = yield* (yield* ApiKeys).create(id, draft)
  return Redacted.value(token)
})

/** Asks again until it is so, for as long as fifteen seconds. */
export const eventually = <A, E, R>(ask: Effect.Effect<A, E, R>, isSo: (answer: A) => boolean) =>
  ask.pipe(
    Effect.filterOrFail(isSo, () => "not yet" as const),
    Effect.retry({
      while: (failure) => failure === "not yet",
      schedule: Schedule.spaced("10 millis"),
    }),
    Effect.timeoutFail({ duration: "15 seconds", onTimeout: () => new Error("it never was so") }),
    Effect.orDie,
  )

/** The person's number as a session of the tenant, `working`. */
export const linked = Effect.fn(function* ({ key }: Tenant, person: Person) {
  const whatsapp = yield* WhatsApp
  const { body: created } = yield* api("/sessions", { as: key, method: "POST", json: {} })
  const session = created.id as string
  const { body: qr } = yield* api(`/sessions/${session}/qr`, { as: key })
  yield* Effect.promise(() => whatsapp.scanQr(qr.code, person))
  yield* eventually(
    api(`/sessions/${session}`, { as: key }),
    ({ body }) => body.status === "working",
  )
  return session
})
