import { createHash } from "node:crypto"
import type { BinaryNode } from "../Vendor.ts"

/** Something received that must not be lost, as it is kept until it has become rows. */
export type Letter =
  /** One decrypted part of a stanza, padded as it came. */
  | {
      readonly kind: "decrypted"
      readonly attrs: BinaryNode["attrs"]
      /** How it was encrypted, and which child of its stanza it was. */
      readonly encryption: string
      readonly part: number
      readonly plaintext: Uint8Array
    }
  /** A whole stanza that nothing was encrypted in. */
  | { readonly kind: "stanza"; readonly stanza: BinaryNode }

/** By the hash of what came: ids of stanzas are chosen by whoever sends them. */
export type LetterHash = string

export type Letters = Readonly<Record<LetterHash, Letter>>

export const hashOf = (bytes: Uint8Array): LetterHash =>
  createHash("sha256").update(bytes).digest("hex")
