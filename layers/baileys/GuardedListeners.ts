import type { WASocket } from "./Vendor.ts"

/**
 * Puts every listener the library has registered behind a guard: nearly all are async, and none is
 * caught. A frame that can not be read ends the socket, which would otherwise live on deaf; whatever
 * else rejects is told to `onStray`.
 */
export const guardListeners = ({ ws, end }: WASocket, onStray: (reason: unknown) => void) => {
  const endOn = (reason: unknown) => {
    onStray(reason)
    void end(reason instanceof Error ? reason : new Error("unreadable frame"))
  }
  for (const event of ws.eventNames()) {
    const listeners = ws.rawListeners(event)
    const onRejected = event === "message" ? endOn : onStray
    ws.removeAllListeners(event)
    for (const listener of listeners)
      ws.on(event, (...args) => {
        const result: unknown = Reflect.apply(listener, ws, args)
        if (result instanceof Promise) result.catch(onRejected)
      })
  }
}
