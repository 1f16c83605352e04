import { Effect, Layer } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { Safe } from "../../src/ports/Safes.ts"
import { type DataKey, DataKeys } from "./DataKeys.ts"
import { DataKeysRepo, type Scope } from "./DataKeysRepo.ts"
import { GatewayKey } from "./GatewayKey.ts"
import { KeyRing } from "./KeyRing.ts"
import * as Sealed from "./Sealed.ts"
import { SecretDamaged } from "./SecretDamaged.ts"

/** Names a secret for good: sealed under one name, it opens under no other. */
export interface SecretName extends Scope {
  /** What kind of record, e.g. `credentials`, `pre-key`. */
  readonly type: string
  readonly id: string
}

/** What a copy of the database must not give away, encrypted with keys that are not in it. */
export class Secrets extends Effect.Service<Secrets>()("layers/secrets/Secrets", {
  effect: Effect.gen(function* () {
    const dataKeys = yield* DataKeys
    const { pepper } = yield* GatewayKey

    const safe = (scope: Scope) => Effect.map(dataKeys.get(scope), (key) => safeOf(scope, key))

    /**
     * Needs the session's row to be committed. Ask once per session, outside of transactions: the
     * first time takes a connection of its own.
     */
    const forSession = (organizationId: OrganizationId, sessionId: SessionId) =>
      safe({ organizationId, sessionId })

    /** For what belongs to no session, such as the secrets of webhooks. */
    const forOrganization = (organizationId: OrganizationId) =>
      safe({ organizationId, sessionId: null })

    const seal = Effect.fnUntraced(function* (name: SecretName, content: Uint8Array) {
      const { seal } = yield* safe(scopeOf(name))
      return seal(name.type, name.id, content)
    })

    const open = Effect.fnUntraced(function* (name: SecretName, sealed: Uint8Array) {
      const { open } = yield* safe(scopeOf(name))
      return yield* Effect.try({
        try: () => open(name.type, name.id, sealed),
        catch: (failure) => failure as SecretDamaged,
      })
    })

    return { forSession, forOrganization, seal, open, apiKeyPepper: pepper } as const
  }),
}) {
  /** Fails when the database was written with a master key that is not at hand. */
  static readonly layer = Secrets.Default.pipe(
    Layer.provide(DataKeys.Default),
    Layer.provide(GatewayKey.Default),
    Layer.provide([KeyRing.Default, DataKeysRepo.Default]),
  )
}

const scopeOf = ({ organizationId, sessionId }: SecretName): Scope => ({
  organizationId,
  sessionId,
})

/** What it throws is a `SecretDamaged`. */
const safeOf = (scope: Scope, key: DataKey): Safe => {
  const bound = (type: string, id: string) =>
    Sealed.binding([scope.organizationId, scope.sessionId, type, id])
  const sealing = key.of(key.version)!

  return {
    seal: (type, id, content) => Sealed.seal(sealing, key.version, bound(type, id), content),
    open: (type, id, sealed) => {
      const content = Sealed.open(key.of, bound(type, id), sealed)
      if (content === undefined) throw new SecretDamaged({ ...scope, type })
      return content
    },
  }
}
