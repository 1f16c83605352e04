import { Effect, Layer } from "effect"
import { Safes } from "../src/ports/Safes.ts"
import { Pepper } from "./ApiKeys.ts"
import { Secrets } from "./secrets/Secrets.ts"

/** What of the database is unreadable without the master key. */
export const Vault = Layer.merge(
  Layer.effect(
    Safes,
    Effect.map(Secrets, ({ forSession }) => ({
      of: (organization, session) => Effect.orDie(forSession(organization, session)),
    })),
  ),
  Layer.effect(
    Pepper,
    Effect.map(Secrets, ({ apiKeyPepper }) => apiKeyPepper),
  ),
).pipe(Layer.provide(Secrets.layer))
