import { Effect } from "effect"
import { isLid, isPhoneJid, type PersonJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { PersonSeen } from "../../src/domain/Sighting.ts"
import { SessionDirectory } from "../../src/ports/SessionDirectory.ts"
import { ContactsRepo } from "./Repo.ts"
import { WhatsAppContacts } from "./WhatsAppContacts.ts"

export class Contacts extends Effect.Service<Contacts>()("plugins/contacts/Contacts", {
  effect: Effect.gen(function* () {
    const sessions = yield* SessionDirectory
    const repo = yield* ContactsRepo
    const whatsapp = yield* WhatsAppContacts

    const check = Effect.fn("Contacts.check")(function* (
      organization: OrganizationId,
      session: SessionId,
      phone: string,
    ) {
      yield* sessions.get(organization, session)
      const jid = yield* whatsapp.check(organization, session, phone.replace(/\D/g, ""))
      return { isOnWhatsApp: jid !== undefined, jid: jid ?? "", query: phone }
    })

    const about = Effect.fn("Contacts.about")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: PersonJid,
    ) {
      yield* sessions.get(organization, session)
      return { about: yield* whatsapp.about(organization, session, jid) }
    })

    const picture = Effect.fn("Contacts.picture")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: PersonJid,
    ) {
      yield* sessions.get(organization, session)
      return yield* whatsapp.picture(organization, session, jid)
    })

    /** WhatsApp wants both addresses of whom it blocks: the other one may be stored. */
    const person = Effect.fn("Contacts.person")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: PersonJid,
    ) {
      return personOf([jid, ...(yield* repo.addresses(organization, session, jid))])
    })

    const block = Effect.fn("Contacts.block")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: PersonJid,
    ) {
      yield* sessions.get(organization, session)
      yield* whatsapp.block(organization, session, yield* person(organization, session, jid))
    })

    const unblock = Effect.fn("Contacts.unblock")(function* (
      organization: OrganizationId,
      session: SessionId,
      jid: PersonJid,
    ) {
      yield* sessions.get(organization, session)
      yield* whatsapp.unblock(organization, session, yield* person(organization, session, jid))
    })

    return { check, about, picture, block, unblock } as const
  }),
}) {}

/** At least one of them is an address. */
const personOf = (addresses: ReadonlyArray<string>) => {
  const lid = addresses.find(isLid)
  const phoneJid = addresses.find(isPhoneJid)
  return {
    ...(lid === undefined ? {} : { lid }),
    ...(phoneJid === undefined ? {} : { phoneJid }),
  } as PersonSeen
}
