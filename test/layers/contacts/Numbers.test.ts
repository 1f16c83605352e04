import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { book, lid, phone, Storage } from "./Book.ts"

const family = GroupJid.make("120363021234567890@g.us")

const group: Sighting = {
  _tag: "GroupSeen",
  jid: family,
  subject: "Family",
  description: "",
  owner: { phoneJid: phone(1) },
  createdAtWa: undefined,
  isAnnounce: false,
  isLocked: false,
  members: [{ phoneJid: phone(1), role: "admin" }],
}

layer(Storage, { excludeTestServices: true })("a number that changes within one batch", (it) => {
  const known: Sighting = {
    _tag: "ContactSeen",
    person: { lid: lid(1), phoneJid: phone(1) },
    pushName: "Ada",
  }
  const moved: Sighting = {
    _tag: "ContactSeen",
    person: { lid: lid(1), phoneJid: phone(2) },
    savedName: "Ada of old",
  }
  const earlier: Readonly<Record<string, Sighting>> = {
    "a direct chat": { _tag: "DirectChatSeen", person: { phoneJid: phone(1) } },
    "an owner": { ...group, members: [] },
    "a member": group,
    "a name": { _tag: "ContactSeen", person: { phoneJid: phone(1) }, businessName: "Ada Inc." },
    "a request to join": {
      _tag: "JoinRequestsSeen",
      group: family,
      requests: [{ phoneJid: phone(1), method: "invite_link", requestedAt: 1 }],
    },
  }

  it.effect("leaves what was told of it before with whom it belonged to", () =>
    Effect.gen(function* () {
      const { contacts, memberships, see } = yield* book
      yield* see(known)
      yield* see(...Object.values(earlier), moved)
      expect(yield* contacts).toMatchObject([
        {
          lid: lid(1),
          phoneJid: phone(2),
          businessName: "Ada Inc.",
          savedName: "Ada of old",
          dm: true,
        },
      ])
      expect(yield* memberships).toMatchObject([{ member: lid(1), role: "admin" }])
    }),
  )

  it.effect.each(Object.entries(earlier))("does not undo %s", ([, sighting]) =>
    Effect.gen(function* () {
      const { contacts, see } = yield* book
      yield* see(known)
      yield* see(sighting, moved)
      expect(yield* contacts).toMatchObject([{ lid: lid(1), phoneJid: phone(2) }])
    }),
  )

  it.effect("gives what was told of it after to whom it belongs now", () =>
    Effect.gen(function* () {
      const { contacts, see } = yield* book
      const chat: Sighting = { _tag: "DirectChatSeen", person: { phoneJid: phone(1) } }
      yield* see(known)
      yield* see(
        { _tag: "ContactSeen", person: { lid: lid(2), phoneJid: phone(1) }, pushName: "Bob" },
        chat,
      )
      expect((yield* contacts).map(({ dm, pushName }) => [pushName, dm])).toEqual([
        ["Ada", false],
        ["Bob", true],
      ])
    }),
  )
})
