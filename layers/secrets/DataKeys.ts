import { Cache, Data, Duration, Effect, Exit } from "effect"
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import { DataKeysRepo, type Scope, type WrappedDataKey } from "./DataKeysRepo.ts"
import { GatewayKey } from "./GatewayKey.ts"
import { type KeyOwner, unwrap, wrap } from "./KeyEncryptionKey.ts"
import { KeyRing } from "./KeyRing.ts"
import { SecretDamaged } from "./SecretDamaged.ts"

/** The unwrapped keys of one scope: the newest seals, each opens what names its version. */
export interface DataKey {
  readonly version: number
  readonly of: (version: number) => KeyObject | undefined
}

/** How many scopes stay unwrapped in memory; the rest costs one query when it is needed again. */
const capacity = 4096

/** One key per session and one per organization, made when first asked for. */
export class DataKeys extends Effect.Service<DataKeys>()("layers/secrets/DataKeys", {
  effect: Effect.gen(function* () {
    const repo = yield* DataKeysRepo
    const ring = yield* KeyRing
    const { kekInForce } = yield* GatewayKey

    const unwrapped = Effect.fnUntraced(function* (row: WrappedDataKey) {
      const key = unwrap(yield* ring.get(row.kekId), ownerOf(row), row.wrapped)
      const { keyVersion, organizationId, sessionId } = row
      if (key !== undefined) return [keyVersion, key] as const
      return yield* new SecretDamaged({ organizationId, sessionId, type: "data key" })
    })

    const create = Effect.fnUntraced(function* (scope: Scope) {
      const kek = yield* kekInForce
      const wrapped = wrap(kek, ownerOf(scope), 1, createSecretKey(randomBytes(32)))
      yield* repo.insert({ ...scope, keyVersion: 1, kekId: kek.id, wrapped })
    })

    const load = Effect.fnUntraced(function* (scope: Scope) {
      let rows = yield* repo.list(scope)
      // Not ours alone to decide: another process may be first, or rotate the master key meanwhile.
      while (rows.length === 0) {
        yield* create(scope)
        rows = yield* repo.list(scope)
      }
      const keys = new Map(yield* Effect.forEach(rows, unwrapped))
      const dataKey: DataKey = {
        version: Math.max(...keys.keys()),
        of: (version) => keys.get(version),
      }
      return dataKey
    })

    // The cache runs this outside the caller's transaction: a key must not vanish with a rollback
    // after something was sealed with it. Nor may an interrupted caller interrupt those who wait.
    const cache = yield* Cache.makeWith({
      capacity,
      lookup: (scope: Scope) => Effect.uninterruptible(load(scope)),
      timeToLive: Exit.match({
        onFailure: () => Duration.zero,
        onSuccess: () => Duration.infinity,
      }),
    })
    return { get: (scope: Scope) => cache.get(Data.struct(scope)) } as const
  }),
}) {}

export const ownerOf = ({ organizationId, sessionId }: Scope): KeyOwner => [
  "data key",
  organizationId,
  sessionId,
]
