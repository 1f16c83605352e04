import { repairSenderKey } from "./SenderKeyRepair.ts"
import { BufferJSON, proto } from "./Vendor.ts"

const text = new TextDecoder()

/** A credential or key as bytes: UTF-8 JSON that keeps buffers. */
export const encodeRecord = (value: unknown): Uint8Array =>
  Buffer.from(JSON.stringify(value, BufferJSON.replacer))

export const decodeRecord = (type: string, bytes: Uint8Array): unknown => {
  const value: unknown = JSON.parse(text.decode(bytes), BufferJSON.reviver)
  if (type === "app-state-sync-key")
    return proto.Message.AppStateSyncKeyData.fromObject(value as Record<string, unknown>)
  return type === "sender-key" ? repairSenderKey(value as Uint8Array) : value
}
