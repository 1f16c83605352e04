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

// Sender keys are written with plain JSON.stringify but read by a reviver that knows only base64:
// left alone, every kept message key is an object and any out-of-order group message fails.
const repairSenderKey = (bytes: Uint8Array) =>
  Buffer.from(
    JSON.stringify(JSON.parse(text.decode(bytes), (_, value: unknown) => asBase64(value))),
  )

const asBase64 = (value: unknown) =>
  isPlainBuffer(value)
    ? { type: "Buffer", data: Buffer.from(value.data).toString("base64") }
    : value

const isPlainBuffer = (value: unknown): value is { readonly data: ReadonlyArray<number> } =>
  typeof value === "object" &&
  value !== null &&
  "type" in value &&
  value.type === "Buffer" &&
  "data" in value &&
  Array.isArray(value.data)
