import { repairSenderKey } from "./SenderKeyRepair.ts"
import { BufferJSON, proto } from "./Vendor.ts"

const text = new TextDecoder()

/** A credential or key as bytes: UTF-8 JSON that keeps buffers. */
export const encodeRecord = (value: unknown): Uint8Array =>
  Buffer.from(JSON.stringify(value, BufferJSON.replacer))

export const decodeRecord = (type: string, bytes: Uint8Array): unknown => {
  const revive = type === "credentials" ? ownBuffers : BufferJSON.reviver
  const value: unknown = JSON.parse(text.decode(bytes), revive)
  if (type === "app-state-sync-key")
    return proto.Message.AppStateSyncKeyData.fromObject(value as Record<string, unknown>)
  return type === "sender-key" ? repairSenderKey(value as Uint8Array) : value
}

/** Kept for as long as a session lives: each slice of the pool would keep eight kilobytes of it. */
const ownBuffers = (key: string, value: unknown): unknown => {
  const revived: unknown = BufferJSON.reviver(key, value)
  return Buffer.isBuffer(revived) ? Buffer.from(new Uint8Array(revived).buffer) : revived
}
