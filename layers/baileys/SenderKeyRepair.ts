const text = new TextDecoder()

/**
 * Sender keys are written with plain `JSON.stringify`, but the library reads buffers only as base64:
 * left alone, every kept message key is an object, and any out-of-order group message fails.
 */
export const repairSenderKey = (bytes: Uint8Array): Uint8Array =>
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
