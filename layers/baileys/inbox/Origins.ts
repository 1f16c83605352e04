import type { BinaryNode, WASocket } from "../Vendor.ts"
import type { Letter } from "./Letter.ts"

/** Where a ciphertext came from. */
export type Origin = Omit<Extract<Letter, { readonly kind: "decrypted" }>, "plaintext">

/**
 * Which stanza a ciphertext belongs to. The library hands the very bytes it received to whatever
 * decrypts them, so they are known by identity: no order is relied on, and no id that a sender chose.
 */
export class Origins {
  readonly #origins = new WeakMap<Uint8Array, Origin & { readonly place: number }>()
  #noted = 0
  #opened = 0

  of(ciphertext: Uint8Array): Origin | undefined {
    const found = this.#origins.get(ciphertext)
    if (found === undefined) return undefined
    const { place, ...origin } = found
    this.#opened = Math.max(this.#opened, place)
    return origin
  }

  /** How many stanzas came after the last one that somebody tried to open. */
  get waiting() {
    return this.#noted - this.#opened
  }

  /** Looks at every message before the library does. */
  follow({ ws }: WASocket) {
    ws.prependListener("CB:message", (stanza: BinaryNode) => this.note(stanza))
  }

  note({ attrs, content }: BinaryNode) {
    if (!Array.isArray(content)) return
    const place = (this.#noted += 1)
    for (const [part, child] of content.entries()) {
      if (child.tag !== "enc" || !(child.content instanceof Uint8Array)) continue
      const encryption = child.attrs["type"] ?? ""
      this.#origins.set(child.content, { kind: "decrypted", attrs, encryption, part, place })
    }
  }
}
