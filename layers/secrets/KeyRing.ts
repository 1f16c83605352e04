import { Array, Effect, Option, Redacted, Schema } from "effect"
import { randomBytes } from "node:crypto"
import * as path from "node:path"
import { key256 } from "../../src/settings/Kind.ts"
import { Settings } from "../../src/Settings.ts"
import { type KekId, type KeyEncryptionKey, keyEncryptionKey } from "./KeyEncryptionKey.ts"
import * as KeyFile from "./KeyFile.ts"

export type MasterKey = Redacted.Redacted<Uint8Array>

/** The database was written with a master key that this process was not given. */
export class MasterKeyMissing extends Schema.TaggedError<MasterKeyMissing>()("MasterKeyMissing", {
  kekId: Schema.String,
}) {
  override get message() {
    return `stored data needs master key ${this.kekId}: set GATEWAY_MASTER_KEY or restore master.key`
  }
}

/** Every master key this process can lay hands on: environment, `master.key`, the one before it. */
export class KeyRing extends Effect.Service<KeyRing>()("layers/secrets/KeyRing", {
  effect: Effect.gen(function* () {
    const { dataDir, masterKey, previousMasterKey } = yield* Settings
    const currentFile = path.join(dataDir, "master.key")
    const previousFile = `${currentFile}.previous`
    const known = new Map<KekId, KeyEncryptionKey>()

    const current = readKey(currentFile)
    const previous = readKey(previousFile)
    const learn = Effect.gen(function* () {
      const kept = [yield* current, yield* previous]
      const given = [masterKey, previousMasterKey].map(Option.fromNullable)
      for (const kek of Array.getSomes([...given, ...kept]).map(keyEncryptionKey))
        known.set(kek.id, kek)
    })

    /** Looks at the files again before it gives up: another process may just have rotated. */
    const get = Effect.fnUntraced(function* (id: KekId) {
      if (!known.has(id)) yield* learn
      const kek = known.get(id)
      if (kek === undefined) return yield* new MasterKeyMissing({ kekId: id })
      return kek
    })

    /** The key for a database that has none yet; made up when nobody chose one. */
    const first = Effect.gen(function* () {
      if (masterKey !== undefined) return keyEncryptionKey(masterKey)
      yield* KeyFile.create(currentFile, encoded(generated()))
      return keyEncryptionKey(Option.getOrThrow(yield* current))
    })

    /** Puts a key in the place of `master.key`, which is kept as the previous one. */
    const install = Effect.fnUntraced(function* (next: MasterKey) {
      const replaced = yield* current
      if (Option.isSome(replaced)) yield* KeyFile.create(previousFile, encoded(replaced.value))
      yield* KeyFile.replace(currentFile, encoded(next))
    })

    return {
      get,
      first,
      install,
      current,
      previous,
      forgetPrevious: KeyFile.remove(previousFile),
      /** Set when operators keep the key themselves: then no file is written. */
      given: Option.fromNullable(masterKey),
    } as const
  }),
}) {}

export const generated = (): MasterKey => Redacted.make(new Uint8Array(randomBytes(32)))

const encoded = (key: MasterKey) => Buffer.from(Redacted.value(key)).toString("base64")

const readKey = (file: string): Effect.Effect<Option.Option<MasterKey>, KeyFile.KeyFileUnusable> =>
  Effect.flatMap(
    KeyFile.read(file),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: (text) =>
        Option.match(key256.read(text), {
          onNone: () =>
            new KeyFile.KeyFileUnusable({ file, reason: "32 bytes in base64 expected" }),
          onSome: (key) => Effect.succeedSome(key),
        }),
    }),
  )
