import type { Sighting } from "../../src/domain/Sighting.ts"
import { contactSeen, mappingSeen } from "./ContactSighting.ts"
import { chatSeen, messageSeen } from "./DirectChatSighting.ts"
import { tagCleared, tagOf, tagsIn } from "./TagSighting.ts"
import type { BaileysEventMap } from "./Vendor.ts"

type Events = Partial<BaileysEventMap>

/**
 * What a batch of the library's events says, in our words. Group events are not among them: the
 * library merges and drops those, so they only say which group to fetch again.
 */
export const eventSightings = (events: Events): ReadonlyArray<Sighting> => [
  ...historySightings(events["messaging-history.set"]),
  ...(events["contacts.upsert"] ?? []).flatMap((contact) => contactSeen(contact) ?? []),
  ...(events["contacts.update"] ?? []).flatMap((contact) => contactSeen(contact) ?? []),
  ...one(events["lid-mapping.update"], mappingSeen),
  ...(events["messages.upsert"]?.messages ?? []).flatMap((message): ReadonlyArray<Sighting> => [
    ...one(message, tagCleared),
    ...one(message, messageSeen),
  ]),
  ...one(events["group.member-tag.update"], tagOf),
]

const historySightings = (
  history: BaileysEventMap["messaging-history.set"] | undefined,
): ReadonlyArray<Sighting> =>
  history === undefined
    ? []
    : [
        ...(history.lidPnMappings ?? []).flatMap((pair) => mappingSeen(pair) ?? []),
        ...history.contacts.flatMap((contact) => contactSeen(contact) ?? []),
        ...history.chats.flatMap((chat): ReadonlyArray<Sighting> => [
          ...one(chat, chatSeen),
          ...tagsIn(chat),
        ]),
      ]

const one = <A, B>(value: A | undefined, translate: (value: A) => B | undefined) => {
  const translated = value === undefined ? undefined : translate(value)
  return translated === undefined ? [] : [translated]
}
