import type { BinaryNode, WASocket } from "../Vendor.ts"
import { orderedStanzas } from "./WireOrder.ts"

export interface Gate {
  readonly mustSave: (stanza: BinaryNode) => boolean
  /** Rejects when the stanza is not stored for good. */
  readonly save: (stanza: BinaryNode) => Promise<void>
  /** Nothing passes any more: the socket has to end, so that all of it comes again. */
  readonly onShut: () => void
}

/**
 * Lets stanzas through to the library in the order they came, those that must be saved only once
 * they are: the library acks them before anybody has heard of them.
 */
export const gateStanzas = ({ ws }: WASocket, { mustSave, onShut, save }: Gate) => {
  let waiting = 0
  let line: Promise<void> = Promise.resolve()
  let isShut = false

  const pass = async (stanza: BinaryNode, handle: () => void) => {
    waiting -= 1
    if (isShut) return
    try {
      if (mustSave(stanza)) await save(stanza)
      handle()
    } catch {
      isShut = true
      onShut()
    }
  }

  for (const event of orderedStanzas) {
    const handlers = ws.rawListeners(event)
    ws.removeAllListeners(event)
    ws.on(event, (stanza: BinaryNode) => {
      const handle = () => handlers.forEach((handler) => Reflect.apply(handler, ws, [stanza]))
      waiting += 1
      line = line.then(() => pass(stanza, handle))
    })
  }
  return { waiting: () => waiting } as const
}

/**
 * What the library takes in without touching a key: changes of groups, and messages that are not
 * encrypted. Everything else is kept where it is decrypted.
 */
export const isUnencrypted = ({ attrs, content, tag }: BinaryNode) => {
  if (tag === "notification") return attrs["type"] === "w:gp2"
  return (
    tag === "message" && Array.isArray(content) && content.some((part) => part.tag === "plaintext")
  )
}
