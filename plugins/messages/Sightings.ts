import { Effect } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { MessageName, PersonSeen, Sighting } from "../../src/domain/Sighting.ts"
import type { SightingStore } from "../../src/Plugin.ts"
import { ContactBook, type ContactId } from "../../src/ports/ContactBook.ts"
import { Events } from "../../src/ports/Events.ts"
import { Safes } from "../../src/ports/Safes.ts"
import { messageEdited, messageReacted, messageRevoked, messageStored } from "./Events.ts"
import { type MessageText, messageText } from "./MessageText.ts"
import { type MessageKey, SeenMessagesRepo } from "./seen/SeenMessagesRepo.ts"

type Seen<Tag extends Sighting["_tag"]> = Extract<Sighting, { readonly _tag: Tag }>

/** Stores what people write, once, in the order it arrived, and says so in the same commit. */
export const storeMessages = Effect.gen(function* () {
  const repo = yield* SeenMessagesRepo
  const book = yield* ContactBook
  const events = yield* Events
  const safes = yield* Safes

  const keysOf = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    names: ReadonlyArray<MessageName>,
  ) {
    const people = names.flatMap(peopleIn)
    const contacts = yield* book.recognise(organization, session, people)
    const contactOf = new Map<PersonSeen, ContactId>(people.map((one, at) => [one, contacts[at]!]))
    return new Map(names.map((name) => [name, keyWith(contactOf, name)]))
  })

  const written = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    text: MessageText,
    keys: ReadonlyMap<MessageName, MessageKey>,
    messages: ReadonlyArray<Seen<"MessageSeen">>,
  ) {
    if (messages.length === 0) return []
    const sealed = messages.map((message) => ({
      ...keys.get(message)!,
      ...text.seal(message.id, message),
      type: message.type,
      quotedId: message.quotedId,
      hasMedia: message.hasMedia,
    }))
    return yield* repo.write(organization, session, sealed)
  })

  const reacted = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    text: MessageText,
    key: MessageKey,
    reaction: Seen<"MessageReacted">,
  ) {
    const { sender: contact } = key
    if (contact === null) return []
    const changed: Array<number> = []
    for (const { id, reactions } of yield* repo.reactions(organization, session, key)) {
      const earlier = reactions.find((one) => one.contact === contact)
      if (earlier !== undefined && earlier.at >= key.timestamp) continue
      const others = reactions.filter((one) => one.contact !== contact)
      const mine = { contact, at: key.timestamp, text: text.sealReaction(key.id, reaction.text) }
      yield* repo.react(organization, id, [...others, mine])
      changed.push(id)
    }
    return changed
  })

  /** One by one, since one may be about the other. */
  const changed = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    text: MessageText,
    key: MessageKey,
    change: Change,
  ) {
    switch (change._tag) {
      case "MessageEdited": {
        const { body, raw } = text.seal(key.id, change)
        const ids = (yield* repo.edit(organization, session, key, body, raw)).map(({ id }) => id)
        return (yield* pointers(organization, ids)).map(messageEdited)
      }
      case "MessageRevoked": {
        const ids = (yield* repo.revoke(
          organization,
          session,
          key,
          text.seal(key.id, nothing),
        )).map(({ id }) => id)
        return (yield* pointers(organization, ids)).map(messageRevoked)
      }
      case "MessageReacted":
        return (yield* pointers(
          organization,
          yield* reacted(organization, session, text, key, change),
        )).map(messageReacted)
    }
  })

  const pointers = (organization: OrganizationId, ids: ReadonlyArray<number>) =>
    ids.length === 0 ? Effect.succeed([]) : repo.point(organization, ids)

  const store: SightingStore["store"] = Effect.fnUntraced(
    function* (organization, session, sightings) {
      const messages = sightings.filter(isMessage)
      const changes = sightings.filter(isChange)
      if (messages.length + changes.length === 0) return
      const text = messageText(yield* safes.of(organization, session))
      const keys = yield* keysOf(organization, session, [...messages, ...changes])
      const ids = yield* written(organization, session, text, keys, messages)
      const happenings = (yield* pointers(organization, ids)).map(messageStored)
      for (const change of changes)
        happenings.push(...(yield* changed(organization, session, text, keys.get(change)!, change)))
      yield* events.append(organization, session, happenings)
    },
  )

  const merge: SightingStore["merge"] = (organization, session, merges) =>
    Effect.flatMap(
      repo.writersAmong(
        organization,
        session,
        merges.map(({ from }) => from),
      ),
      (writers) =>
        Effect.forEach(
          merges.filter(({ from }) => writers.has(from)),
          (one) => repo.merge(organization, session, one),
          { discard: true },
        ),
    )

  return { store, merge }
}).pipe(Effect.provide(SeenMessagesRepo.Default))

type Change = Seen<"MessageEdited" | "MessageRevoked" | "MessageReacted">

const nothing = { body: "", raw: new Uint8Array() }

const isMessage = (sighting: Sighting): sighting is Seen<"MessageSeen"> =>
  sighting._tag === "MessageSeen"

const isChange = (sighting: Sighting): sighting is Change =>
  sighting._tag === "MessageEdited" ||
  sighting._tag === "MessageRevoked" ||
  sighting._tag === "MessageReacted"

const peopleIn = ({ chat, sender }: MessageName): ReadonlyArray<PersonSeen> => [
  ...("jid" in chat ? [] : [chat]),
  ...(sender === undefined ? [] : [sender]),
]

const keyWith = (
  contactOf: ReadonlyMap<PersonSeen, ContactId>,
  { chat, fromMe, id, sender, timestamp }: MessageName,
): MessageKey => ({
  chatContact: "jid" in chat ? null : contactOf.get(chat)!,
  chatJid: "jid" in chat ? chat.jid : null,
  sender: sender === undefined ? null : contactOf.get(sender)!,
  fromMe,
  id,
  timestamp,
})
