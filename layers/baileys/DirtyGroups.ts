import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"

/**
 * Hears that groups have changed while nobody was connected. The library would fetch all of them at
 * once, for events that nobody listens to, and end the process where WhatsApp refuses.
 */
export const onDirtyGroups = ({ library }: Socket, fetchAgain: () => void) => {
  const { ws } = library
  const event = "CB:ib,,dirty"
  const handlers = ws.rawListeners(event)
  ws.removeAllListeners(event)
  ws.on(event, (node: BinaryNode) => {
    if (getBinaryNodeChild(node, "dirty")?.attrs["type"] !== "groups")
      return handlers.forEach((handler) => Reflect.apply(handler, ws, [node]))
    fetchAgain()
    // Otherwise it is told again at every login.
    library.cleanDirtyBits("groups").catch(() => {})
  })
}
