import { Effect, Layer } from "effect"
import { ImageUnreadable, PictureNotFound } from "../../plugins/groups/pictures/Picture.ts"
import { WhatsAppPictures } from "../../plugins/groups/pictures/WhatsAppPictures.ts"
import type { GroupJid } from "../../src/domain/Jid.ts"
import { call, type CallFailure, type Refusal, unreadable } from "./Call.ts"
import { anywhere, inGroup, makeGroupCalls } from "./GroupCalls.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, generateProfilePicture, getBinaryNodeChild } from "./Vendor.ts"

export const BaileysPictures = Layer.effect(
  WhatsAppPictures,
  Effect.gen(function* () {
    const { ask } = yield* makeGroupCalls
    return {
      get: (organization, session, group) =>
        ask(
          organization,
          session,
        )((socket) => fetchPicture(socket, group)).pipe(
          Effect.catchIf(isHidden, () => new PictureNotFound()),
          anywhere,
        ),
      set: (organization, session, group, image) =>
        Effect.gen(function* () {
          // Who is not connected need not wait for the image to be drawn.
          yield* ask(organization, session)(() => Effect.void)
          const picture = yield* square(image)
          return yield* ask(
            organization,
            session,
          )((socket) => Effect.flatMap(write(socket, group, [imageNode(picture)]), idIn))
        }).pipe(inGroup),
      remove: (organization, session, group) =>
        ask(
          organization,
          session,
        )((socket) => write(socket, group, [])).pipe(
          Effect.catchIf(isNone, () => Effect.void),
          Effect.asVoid,
          inGroup,
        ),
    }
  }),
)

const about = (group: GroupJid, type: "get" | "set", content: Array<BinaryNode>): BinaryNode => ({
  tag: "iq",
  attrs: { to: "s.whatsapp.net", target: group, type, xmlns: "w:profile:picture" },
  content,
})

const fetchPicture = Effect.fn("BaileysPictures.get")(function* (socket: Socket, group: GroupJid) {
  const query = { tag: "picture", attrs: { type: "image", query: "url" } }
  const answer = yield* call(socket, about(group, "get", [query]))
  const { id, url } = getBinaryNodeChild(answer, "picture")?.attrs ?? {}
  return id === undefined || url === undefined ? yield* unreadable : { id, url }
})

const write = (socket: Socket, group: GroupJid, content: Array<BinaryNode>) =>
  call(socket, about(group, "set", content))

const imageNode = (image: Buffer): BinaryNode => ({
  tag: "picture",
  attrs: { type: "image" },
  content: image,
})

const idIn = (answer: BinaryNode) => {
  const id = getBinaryNodeChild(answer, "picture")?.attrs["id"]
  return id === undefined ? unreadable : Effect.succeed(id)
}

/** As WhatsApp wants it: a square JPEG of 640 pixels. */
const square = (image: Uint8Array) =>
  Effect.tryPromise({
    try: () => generateProfilePicture(Buffer.from(image)),
    catch: () => ImageUnreadable.made(),
  }).pipe(Effect.map(({ img }) => img))

/** There is none, or it is not for this account. */
const isHidden = (failure: CallFailure): failure is Refusal =>
  failure._tag === "Refusal" && [401, 403, 404].includes(failure.code)

const isNone = (failure: CallFailure): failure is Refusal =>
  failure._tag === "Refusal" && failure.code === 404
