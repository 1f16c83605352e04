import type { WASocket } from "./Vendor.ts"

type Done = (error?: Error) => void
type Send = (data: unknown, done?: Done) => void

/**
 * While a phone links this device, nothing leaves for WhatsApp before the credentials of that moment
 * are stored: otherwise a crash in between leaves the phone with a device that can never log in.
 */
export const storeBeforeSending = ({ ws }: WASocket, stored: () => Promise<unknown>) => {
  // Protected, and the only way to it.
  const line: unknown = Reflect.get(ws, "socket")
  if (!isLine(line)) return
  const send = line.send.bind(line)
  let earlier: Promise<unknown> = Promise.resolve()
  const sendAfter = async (before: Promise<unknown>, data: unknown, done?: Done) => {
    try {
      await Promise.all([before, stored()])
    } catch {
      return done?.(new Error("the credentials could not be stored"))
    }
    send(data, done)
  }
  line.send = (data, done) => {
    earlier = sendAfter(earlier, data, done)
  }
}

const isLine = (line: unknown): line is { send: Send } =>
  typeof line === "object" && line !== null && "send" in line
