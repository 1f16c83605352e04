import { Encoding, Either, ParseResult, Schema } from "effect"
import { Failure } from "../../../src/domain/Failure.ts"

const dataUri = /^data:image\/(?:jpeg|png|webp);base64,/i
const expected = "a JPEG, PNG or WebP image in base64, or as a data URI"

/** Base64 as callers send it, with or without `data:image/…;base64,` before it. */
export const Image = Schema.transformOrFail(
  Schema.String.annotations({
    description: expected,
    examples: ["/9j/4AAQSkZJRgABAQAAAQABAAD/2wBD"],
  }),
  Schema.Uint8ArrayFromSelf.annotations({
    arbitrary: () => (fc) =>
      fc.uint8Array({ minLength: 16 }).map((bytes) => new Uint8Array([0xff, 0xd8, 0xff, ...bytes])),
  }),
  {
    strict: true,
    decode: (text, _, ast) =>
      Encoding.decodeBase64(text.replace(dataUri, "")).pipe(
        Either.filterOrLeft(isImage, () => undefined),
        Either.mapLeft(() => new ParseResult.Type(ast, "…", expected)),
      ),
    encode: (bytes) => ParseResult.succeed(Encoding.encodeBase64(bytes)),
  },
)

/** Told by their first bytes: other formats are never handed to a decoder. */
const signatures = [/^ffd8ff/, /^89504e470d0a1a0a/, /^52494646.{8}57454250/]

const isImage = (bytes: Uint8Array) => {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("hex")
  return signatures.some((signature) => signature.test(head))
}

/** `url` is WhatsApp's own and expires. */
export const GroupPicture = Schema.Struct({
  id: Schema.String.annotations({ examples: ["1700000042"] }),
  url: Schema.String.annotations({ examples: ["https://pps.whatsapp.net/v/1700000042.jpg"] }),
}).annotations({ identifier: "GroupPicture" })
export type GroupPicture = typeof GroupPicture.Type

/** The group has none, or does not show it to this account. */
export class PictureNotFound extends Failure<PictureNotFound>()("PictureNotFound", {
  code: "not_found",
  message: "group picture not found",
  details: {},
}) {}

/** It begins like an image and is none. */
export class ImageUnreadable extends Failure<ImageUnreadable>()("ImageUnreadable", {
  code: "validation_error",
  message: "the image can not be read",
  details: {
    fields: Schema.Array(Schema.Struct({ path: Schema.String, expected: Schema.String })),
  },
}) {
  static readonly made = () =>
    new ImageUnreadable({ fields: [{ path: "image", expected: "a whole image" }] })
}
