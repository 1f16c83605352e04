import { Effect, Layer } from "effect"
import { ContactNotFound, ContactPictureNotFound } from "../../plugins/contacts/Contact.ts"
import { WhatsAppContacts } from "../../plugins/contacts/WhatsAppContacts.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { setBlocked } from "./BlockList.ts"
import { Refusal, upstreamFailure } from "./Call.ts"
import { findAbout, findJid } from "./ContactLookup.ts"
import { findPicture } from "./ContactPicture.ts"
import type { Socket } from "./Socket.ts"
import { Sockets } from "./Sockets.ts"

/** Look-ups of people, and blocking, through the session's own socket. */
export const BaileysContacts = Layer.effect(
  WhatsAppContacts,
  Effect.gen(function* () {
    const sockets = yield* Sockets

    const asking =
      <Question, Answer, Failure, Meaning>(
        ask: (socket: Socket, question: Question) => Effect.Effect<Answer, Failure>,
        meaning: (refusal: Refusal) => Meaning,
      ) =>
      (organization: OrganizationId, session: SessionId, question: Question) =>
        Effect.flatMap(sockets.get(organization, session), ({ socket }) =>
          Effect.mapError(ask(socket, question), (failure) =>
            failure instanceof Refusal ? meaning(failure) : (failure as Exclude<Failure, Refusal>),
          ),
        )

    return {
      check: asking(findJid, upstreamFailure),
      about: asking(findAbout, nobody),
      picture: asking(findPicture, noPicture),
      block: asking(setBlocked("block"), nobody),
      unblock: asking(setBlocked("unblock"), nobody),
    }
  }),
)

const nobody = (refusal: Refusal) =>
  refusal.code === 404 ? new ContactNotFound() : upstreamFailure(refusal)

/** 404 when there is none, 401 when it is not shown to this account. */
const noPicture = (refusal: Refusal) =>
  refusal.code === 404 || refusal.code === 401
    ? new ContactPictureNotFound()
    : upstreamFailure(refusal)
