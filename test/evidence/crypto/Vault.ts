import { Effect, Either, Layer, Option, Redacted } from "effect"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import * as Postgres from "../../../layers/Postgres.ts"
import { type SecretName, Secrets } from "../../../layers/secrets/Secrets.ts"
import { Settings } from "../../../src/Settings.ts"

/** How records are sealed and opened; nothing comes of a record that does not open. */
export interface Vault {
  readonly seal: (name: SecretName, content: Uint8Array) => Promise<Uint8Array>
  readonly open: (name: SecretName, record: Uint8Array) => Promise<Uint8Array | undefined>
  /** The record with a tag of only so many bytes. */
  readonly cutTag: (record: Uint8Array, length: number) => Uint8Array
}

/** Runs with the gateway's own vault, as a process that has just started and knows no key yet. */
export const withVault = <A>(url: string, dataDir: string, use: (vault: Vault) => Promise<A>) => {
  const settings = Either.getOrThrow(Settings.parse({ DATA_DIR: dataDir }))
  return Effect.flatMap(Secrets, (secrets) => Effect.promise(() => use(vaultOf(secrets)))).pipe(
    Effect.provide(Layer.fresh(Secrets.layer)),
    Effect.provide(Postgres.layer({ url: Redacted.make(url) })),
    Effect.provideService(Settings, settings),
    Effect.runPromise,
  )
}

const vaultOf = ({ open, seal }: Secrets): Vault => ({
  seal: (name, content) => Effect.runPromise(seal(name, content)),
  open: (name, record) =>
    open(name, record).pipe(Effect.option, Effect.map(Option.getOrUndefined), Effect.runPromise),
  cutTag: (record, length) =>
    Buffer.concat([record.subarray(0, 17 + length), record.subarray(17 + 16)]),
})

/** The control: AES-GCM as node:crypto takes it when it is asked without care. */
export const carelessVault = (): Vault => {
  const key = randomBytes(32)
  return {
    seal: async (_, content) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv("aes-256-gcm", key, nonce)
      const sealed = Buffer.concat([cipher.update(content), cipher.final()])
      return Buffer.concat([nonce, Buffer.of(16), cipher.getAuthTag(), sealed])
    },
    open: async (_, record) => {
      try {
        const contentAt = 13 + record[12]!
        const decipher = createDecipheriv("aes-256-gcm", key, record.subarray(0, 12))
        decipher.setAuthTag(record.subarray(13, contentAt))
        return Buffer.concat([decipher.update(record.subarray(contentAt)), decipher.final()])
      } catch {
        return undefined
      }
    },
    cutTag: (record, length) =>
      Buffer.concat([
        record.subarray(0, 12),
        Buffer.of(length),
        record.subarray(13, 13 + length),
        record.subarray(13 + 16),
      ]),
  }
}
