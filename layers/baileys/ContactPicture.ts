import { Effect } from "effect"
import { type PersonJid, personJid } from "../../src/domain/Jid.ts"
import { call, unreadable } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, buildTcTokenFromJid, getBinaryNodeChild } from "./Vendor.ts"

/** The full-sized picture of a person, as far as they show it to this account. */
export const findPicture = Effect.fn("ContactPicture.find")(function* (
  socket: Socket,
  jid: PersonJid,
) {
  const answer = yield* call(socket, {
    tag: "iq",
    attrs: { target: jid, to: "s.whatsapp.net", type: "get", xmlns: "w:profile:picture" },
    content: [
      { tag: "picture", attrs: { type: "image", query: "url" } },
      ...(yield* tokenFor(socket, jid)),
    ],
  })
  const { id, url } = getBinaryNodeChild(answer, "picture")?.attrs ?? {}
  return id === undefined || url === undefined ? yield* unreadable : { id, url }
})

/** Proof that they know each other. WhatsApp never answers those who show one to themselves. */
const tokenFor = (
  { library }: Socket,
  jid: PersonJid,
): Effect.Effect<ReadonlyArray<BinaryNode>> => {
  const { authState, signalRepository, user } = library
  const isSelf = [user?.id, user?.lid].some((own) => personJid(own ?? "") === jid)
  if (isSelf) return Effect.succeed([])
  const getLIDForPN = signalRepository.lidMapping.getLIDForPN.bind(signalRepository.lidMapping)
  return Effect.promise(
    async () => (await buildTcTokenFromJid({ authState, jid, getLIDForPN })) ?? [],
  )
}
