import { Context, type Effect } from "effect"
import type { PersonJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId, SessionOffline } from "../../src/domain/Session.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import type { UpstreamFailure } from "../../src/domain/WhatsAppFailure.ts"
import type { ContactNotFound, ContactPicture, ContactPictureNotFound } from "./Contact.ts"

/** Why WhatsApp can not be asked, or does not answer. */
export type AskFailure = SessionOffline | UpstreamFailure

type Ask<Question, Answer, Failure = never> = (
  organization: OrganizationId,
  session: SessionId,
  question: Question,
) => Effect.Effect<Answer, AskFailure | Failure>

/** What the contacts plugin asks of WhatsApp, and nothing more. */
export class WhatsAppContacts extends Context.Tag("plugins/contacts/WhatsAppContacts")<
  WhatsAppContacts,
  {
    /** Who answers to a number, given by its digits; undefined when nobody does. */
    readonly check: Ask<string, PersonJid | undefined>
    /** Empty where the person wrote nothing, or hides it. */
    readonly about: Ask<PersonJid, string, ContactNotFound>
    readonly picture: Ask<PersonJid, ContactPicture, ContactPictureNotFound>
    /** Returns once WhatsApp has acknowledged it; the person may be blocked already. */
    readonly block: Ask<PersonSeen, void, ContactNotFound>
    /** Returns once WhatsApp has acknowledged it; the person need not be blocked. */
    readonly unblock: Ask<PersonSeen, void, ContactNotFound>
  }
>() {}
