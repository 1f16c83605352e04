import { Brand, Redacted } from "effect"
import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto"
import { binding, open, seal } from "./Sealed.ts"

/** Names the key that a row was wrapped with; tells nothing about the key itself. */
export type KekId = string & Brand.Brand<"KekId">
export const KekId = Brand.nominal<KekId>()

/** Wraps data keys, and nothing else. Derived, so the master key itself never touches data. */
export interface KeyEncryptionKey {
  readonly id: KekId
  readonly key: KeyObject
}

/** What a wrapped key is for; a row copied to another owner does not unwrap there. */
export type KeyOwner = ReadonlyArray<string | null>

export const keyEncryptionKey = (masterKey: Redacted.Redacted<Uint8Array>): KeyEncryptionKey => ({
  id: KekId(derive(masterKey, "key id", 4).toString("hex")),
  key: createSecretKey(derive(masterKey, "key encryption key", 32)),
})

export const wrap = (
  kek: KeyEncryptionKey,
  owner: KeyOwner,
  keyVersion: number,
  key: KeyObject,
): Uint8Array => seal(kek.key, keyVersion, boundTo(kek, owner), key.export())

export const unwrap = (
  kek: KeyEncryptionKey,
  owner: KeyOwner,
  wrapped: Uint8Array,
): KeyObject | undefined => {
  const key = open(() => kek.key, boundTo(kek, owner), wrapped)
  return key === undefined ? undefined : createSecretKey(key)
}

const boundTo = (kek: KeyEncryptionKey, owner: KeyOwner) =>
  binding(["wrapped key", kek.id, ...owner])

const derive = (masterKey: Redacted.Redacted<Uint8Array>, purpose: string, length: number) =>
  Buffer.from(
    hkdfSync("sha256", Redacted.value(masterKey), "", `whatsapp-gateway ${purpose} v1`, length),
  )
