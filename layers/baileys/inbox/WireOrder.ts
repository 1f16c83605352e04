import type { BinaryNode, WASocket } from "../Vendor.ts"

/** What the library puts into one order when it comes from the offline queue. */
export const orderedStanzas = ["CB:message", "CB:notification", "CB:receipt", "CB:call"] as const

/**
 * What is live overtakes the offline queue inside the library, and a message read before the one
 * that was sent before it may not open. Marked as if they had been queued, all take the same way.
 */
export const keepWireOrder = ({ ws }: WASocket) => {
  for (const event of orderedStanzas)
    ws.prependListener(event, ({ attrs }: BinaryNode) => {
      attrs["offline"] ??= "live"
    })
}
