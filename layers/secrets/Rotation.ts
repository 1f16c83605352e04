import { Effect, Layer, Option, Schema } from "effect"
import { ownerOf } from "./DataKeys.ts"
import { DataKeysRepo, type WrappedDataKey } from "./DataKeysRepo.ts"
import { pepperOwner } from "./GatewayKey.ts"
import { type KeyEncryptionKey, keyEncryptionKey, unwrap, wrap } from "./KeyEncryptionKey.ts"
import { generated, KeyRing, type MasterKey } from "./KeyRing.ts"
import { SecretDamaged } from "./SecretDamaged.ts"

/** Operators who keep the master key themselves also choose the next one themselves. */
export class MasterKeyGiven extends Schema.TaggedError<MasterKeyGiven>()("MasterKeyGiven", {}) {
  override get message() {
    return "GATEWAY_MASTER_KEY is set: put the new key there and the old one in GATEWAY_MASTER_KEY_PREVIOUS"
  }
}

const batch = 50

/**
 * Replaces the master key while the gateway runs. Sealed records stay as they are: only the keys
 * that sealed them are wrapped anew. Backups made before still need the old master key.
 *
 * Killed at any moment it leaves every row readable, because each names what wrapped it and both
 * master keys are kept until the last row is done. Running it again finishes what was begun.
 */
export class Rotation extends Effect.Service<Rotation>()("layers/secrets/Rotation", {
  effect: Effect.gen(function* () {
    const repo = yield* DataKeysRepo
    const ring = yield* KeyRing

    const unwrapped = Effect.fnUntraced(function* (row: WrappedDataKey) {
      const key = unwrap(yield* ring.get(row.kekId), ownerOf(row), row.wrapped)
      const { organizationId, sessionId } = row
      return key ?? (yield* new SecretDamaged({ organizationId, sessionId, type: "data key" }))
    })

    /** From here on nobody wraps with another master key, so the rows left only become fewer. */
    const rewrapPepper = Effect.fnUntraced(function* (target: KeyEncryptionKey) {
      const stored = yield* repo.findPepper
      if (Option.isNone(stored) || stored.value.kekId === target.id) return
      const key = unwrap(yield* ring.get(stored.value.kekId), pepperOwner, stored.value.wrapped)
      if (key === undefined)
        return yield* new SecretDamaged({ organizationId: null, sessionId: null, type: "pepper" })
      yield* repo.replacePepper({ kekId: target.id, wrapped: wrap(target, pepperOwner, 1, key) })
    })

    const rewrapSome = Effect.fnUntraced(function* (target: KeyEncryptionKey) {
      const rows = yield* repo.listOutdated(target.id, batch)
      for (const row of rows) {
        const key = yield* unwrapped(row)
        const wrapped = wrap(target, ownerOf(row), row.keyVersion, key)
        yield* repo.replace({ ...row, kekId: target.id, wrapped })
      }
      return rows.length
    })

    const rewrapAll = Effect.fnUntraced(function* (target: KeyEncryptionKey) {
      yield* repo.inTransaction(rewrapPepper(target))
      let total = 0
      let count = 0
      do {
        count = yield* repo.inTransaction(rewrapSome(target))
        total += count
      } while (count > 0)
      yield* ring.forgetPrevious
      return { kekId: target.id, rewrapped: total }
    })

    /** There is room for two kept keys, so an interrupted rotation ends before another begins. */
    const finishInterrupted = Effect.gen(function* () {
      const [current, previous] = [yield* ring.current, yield* ring.previous]
      if (Option.isNone(current) || Option.isNone(previous)) return Option.none()
      if (idOf(current.value) === idOf(previous.value)) return Option.none()
      return Option.some(yield* rewrapAll(keyEncryptionKey(current.value)))
    })

    const isCurrent = (key: MasterKey) =>
      Effect.map(
        ring.current,
        Option.exists((current) => idOf(current) === idOf(key)),
      )

    const rotate = Effect.fn("Rotation.rotate")(function* (next?: MasterKey) {
      if (Option.isSome(ring.given)) {
        const target = ring.given.value
        if (next !== undefined && idOf(next) !== idOf(target)) return yield* new MasterKeyGiven()
        return yield* rewrapAll(keyEncryptionKey(target))
      }
      const finished = yield* finishInterrupted
      if (Option.isSome(finished) && next === undefined) return finished.value
      const target = next ?? generated()
      if (!(yield* isCurrent(target))) yield* ring.install(target)
      return yield* rewrapAll(keyEncryptionKey(target))
    }, repo.exclusively)

    /** To the key given, to the one in GATEWAY_MASTER_KEY, or else to a new one in `master.key`. */
    return { rotate } as const
  }),
}) {
  static readonly layer = Rotation.Default.pipe(
    Layer.provide([KeyRing.Default, DataKeysRepo.Default]),
  )
}

const idOf = (key: MasterKey) => keyEncryptionKey(key).id
