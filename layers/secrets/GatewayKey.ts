import { Effect, Option, Redacted } from "effect"
import { createSecretKey, randomBytes } from "node:crypto"
import { DataKeysRepo } from "./DataKeysRepo.ts"
import { unwrap, wrap } from "./KeyEncryptionKey.ts"
import { KeyRing } from "./KeyRing.ts"
import { SecretDamaged } from "./SecretDamaged.ts"

/** What the pepper is wrapped for. */
export const pepperOwner = ["gateway", "api key pepper"]

/**
 * The pepper of API keys: random, wrapped and stored, so that it outlives every master key.
 * Made at the first start. What wrapped it is the master key in force, for every process alike.
 */
export class GatewayKey extends Effect.Service<GatewayKey>()("layers/secrets/GatewayKey", {
  effect: Effect.gen(function* () {
    const repo = yield* DataKeysRepo
    const ring = yield* KeyRing

    if (Option.isNone(yield* repo.findPepper)) {
      const kek = yield* ring.first
      const wrapped = wrap(kek, pepperOwner, 1, createSecretKey(randomBytes(32)))
      yield* repo.insertPepper({ kekId: kek.id, wrapped })
    }
    const stored = Effect.map(repo.findPepper, Option.getOrThrow)
    const kekInForce = Effect.flatMap(stored, ({ kekId }) => ring.get(kekId))

    const key = unwrap(yield* kekInForce, pepperOwner, (yield* stored).wrapped)
    if (key === undefined)
      return yield* new SecretDamaged({ type: "pepper", organizationId: null, sessionId: null })

    return { pepper: Redacted.make<Uint8Array>(key.export()), kekInForce } as const
  }),
}) {}
