import { HttpServerResponse } from "@effect/platform"
import { Effect, Schema } from "effect"
import { toBuffer, toString } from "qrcode"
import type { QrCode } from "../../src/ports/Sessions.ts"

/** How a code can be had, the first where the caller does not mind. */
export const pictureTypes = [
  "application/json",
  "image/png",
  "image/svg+xml",
  "text/plain",
] as const
export type PictureType = (typeof pictureTypes)[number]

/** The header by which a caller chooses. */
export const Accept = Schema.Struct({
  accept: Schema.optionalWith(
    Schema.String.annotations({
      description: `one of ${pictureTypes.join(", ")}: the code as text, or drawn`,
      examples: ["image/png"],
    }),
    { exact: true },
  ),
})

interface Documented {
  readonly responses: Record<string, { readonly content?: Record<string, object> }>
}

/** OpenApi knows one kind of content for a status. */
export const alsoDrawn = (operation: Record<string, unknown>) => {
  const content = (operation as unknown as Documented).responses["200"]?.content
  if (content !== undefined)
    Object.assign(content, {
      "image/png": { schema: { type: "string", format: "binary" }, example: "(a picture)" },
      "image/svg+xml": { schema: { type: "string" }, example: "<svg/>" },
      "text/plain": { schema: { type: "string" }, example: "█▀▀▀▀▀█" },
    })
  return operation
}

/** What the caller would rather have, by RFC 9110; what we do not draw is not looked at. */
export const preferredType = (accept: string | undefined): PictureType => {
  const wishes = (accept ?? "").split(",").map(wishIn)
  const best = pictureTypes
    .map((type) => ({ type, weight: weightOf(type, wishes) }))
    .reduce((best, one) => (one.weight > best.weight ? one : best))
  return best.weight > 0 ? best.type : "application/json"
}

interface Wish {
  readonly range: string
  readonly weight: number
}

const wishIn = (text: string): Wish => {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith("q="))
  const weight = quality === undefined ? 1 : Number(quality.slice(2))
  return { range, weight: Number.isFinite(weight) ? weight : 0 }
}

/** The most exact wish counts. */
const weightOf = (type: PictureType, wishes: ReadonlyArray<Wish>): number => {
  const group = `${type.slice(0, type.indexOf("/"))}/*`
  for (const range of [type, group, "*/*"]) {
    const found = wishes.find((wish) => wish.range === range)
    if (found !== undefined) return found.weight
  }
  return 0
}

/** Draws a code for a phone to scan from a screen; text is for a terminal. */
export const drawn = (type: Exclude<PictureType, "application/json">, { code }: QrCode) =>
  Effect.promise(async () => {
    switch (type) {
      case "image/png":
        return HttpServerResponse.uint8Array(await toBuffer(code, { scale: 6 }), {
          contentType: type,
        })
      case "image/svg+xml":
        return HttpServerResponse.text(await toString(code, { type: "svg" }), { contentType: type })
      case "text/plain":
        return HttpServerResponse.text(await toString(code, { type: "utf8" }), {
          contentType: "text/plain; charset=utf-8",
        })
    }
  })
