import type { Safe } from "../../src/ports/Safes.ts"

/** What messages say, sealed for their session and their id; only this file knows under which names. */
export interface MessageText {
  readonly seal: (
    waMessageId: string,
    message: { readonly body: string; readonly raw: Uint8Array },
  ) => { readonly body: Uint8Array; readonly raw: Uint8Array }
  readonly open: (waMessageId: string, body: Uint8Array) => string
  readonly openRaw: (waMessageId: string, raw: Uint8Array) => Uint8Array
  /** In base64. */
  readonly sealReaction: (waMessageId: string, text: string) => string
}

export const messageText = (safe: Safe): MessageText => ({
  seal: (id, { body, raw }) => ({
    body: safe.seal("message", id, Buffer.from(body)),
    raw: safe.seal("message raw", id, raw),
  }),
  open: (id, body) => Buffer.from(safe.open("message", id, body)).toString(),
  openRaw: (id, raw) => safe.open("message raw", id, raw),
  sealReaction: (id, text) =>
    Buffer.from(safe.seal("reaction", id, Buffer.from(text))).toString("base64"),
})
