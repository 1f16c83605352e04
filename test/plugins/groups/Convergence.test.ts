import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Group } from "../../emulator/world/Group.ts"
import { member } from "../../emulator/world/World.ts"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { adasGroup, addressOf, ask, converged, ownGroup, Scene } from "./Scene.ts"

const isListed = ({ jid }: Group) =>
  Effect.map(ask("/groups"), ({ text }) => text.includes(`"${jid}"`))
const listed = (group: Group, isSo: boolean) => eventually(isListed(group), (is) => is === isSo)

const memberOf = (group: Group, lid: string) =>
  Effect.map(ask(`${addressOf(group)}/members`), ({ body }) =>
    body.data.find((one: { lid: string }) => one.lid === lid),
  )

/** Away, while others go on. */
const whileAway = Effect.fn(function* (happening: () => unknown) {
  const whatsapp = yield* WhatsApp
  const { alice, me, session } = yield* Scene
  yield* Effect.promise(() => whatsapp.goDown())
  yield* Effect.promise(async () => happening())
  yield* Effect.promise(() => whatsapp.comeBack())
  yield* eventually(
    Effect.sync(() => whatsapp.isOnline(me)),
    (isOnline) => isOnline,
  )
  yield* eventually(
    api(`/sessions/${session}`, { as: alice.key }),
    ({ body }) => body.status === "working",
  )
})

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("stored groups", (it) => {
  /** Everything that anybody can do to a group that the account is in. */
  const changes = Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const { ada, bob, me } = yield* Scene
    const as = whatsapp.as(ada)
    const eve = whatsapp.addPerson({ name: "Eve" })
    const late = whatsapp.addGroup({ subject: "Late", owner: ada, members: [bob] })
    const added = () => as.add(late, me)
    const each: Readonly<Record<string, (group: Group) => unknown>> = {
      renamed: (group) => as.rename(group, "Renamed"),
      "renamed twice at once": (group) => {
        as.rename(group, "First")
        as.rename(group, "Last")
      },
      described: (group) => as.describe(group, "About us"),
      announced: (group) => as.announce(group, true),
      locked: (group) => as.lock(group, true),
      "opened to approval": (group) => as.setApproval(group, true),
      "opened to members": (group) => as.setMemberAddMode(group, "all_member_add"),
      "made to forget": (group) => as.setEphemeral(group, 86_400),
      joined: (group) => as.add(group, eve),
      left: (group) => whatsapp.as(bob).leave(group),
      removed: (group) => as.remove(group, bob),
      promoted: (group) => as.promote(group, bob, me),
      demoted: (group) => {
        as.promote(group, bob)
        as.demote(group, bob)
      },
      "renamed, joined and locked": (group) => {
        as.rename(group, "All")
        as.add(group, eve)
        as.lock(group, true)
        as.remove(group, eve)
      },
    }
    return { each, added, late }
  })

  it.effect("heal what no notification told, with the next reconciliation", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { me } = yield* Scene
      const group = yield* adasGroup()
      const eve = whatsapp.addPerson({ name: "Secret" })
      Object.assign(group, { subject: "Untold", locked: true })
      group.members.set(eve.id, member("admin"))
      const { body } = yield* ask(addressOf(group))
      expect(body.subject).toBe("Ada's")
      whatsapp.kick(me, "drop")
      yield* converged(group)
    }),
  )

  /** What ends the account's part in a group. */
  const ends = Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const { ada, me } = yield* Scene
    const each: Readonly<Record<string, (group: Group) => void>> = {
      "the account is removed": (group) => void whatsapp.as(ada).remove(group, me),
      "the group is deleted": (group) => whatsapp.as(ada).disband(group),
      "the phone leaves": (group) => whatsapp.as(me).leave(group),
    }
    return each
  })

  /** A group for each change. */
  const ready = (changes: Readonly<Record<string, (group: Group) => unknown>>) =>
    Effect.flatMap(Scene, ({ bob }) =>
      Effect.forEach(
        Object.values(changes),
        (change) => Effect.map(adasGroup(bob), (group) => ({ group, change: () => change(group) })),
        { concurrency: 4 },
      ),
    )

  const stayReadable = (group: Group) =>
    Effect.map(Effect.zip(listed(group, false), ask(addressOf(group))), ([, { body, status }]) =>
      expect([status, body.subject]).toEqual([200, "Ada's"]),
    )

  it.effect("follow what others do while the session is online", () =>
    Effect.gen(function* () {
      const { added, each, late } = yield* changes
      const changed = yield* ready(each)
      for (const { change } of changed) change()
      yield* Effect.forEach(changed, ({ group }) => converged(group))
      const ended = yield* ready(yield* ends)
      for (const { change } of ended) change()
      yield* Effect.forEach(ended, ({ group }) => stayReadable(group))
      added()
      yield* listed(late, true)
      yield* converged(late)
    }),
  )

  it.effect(
    "follow what others did while it was away",
    () =>
      Effect.gen(function* () {
        const { added, each, late } = yield* changes
        const changed = yield* ready(each)
        const ended = yield* ready(yield* ends)
        yield* whileAway(() => {
          for (const { change } of [...changed, ...ended]) change()
          added()
        })
        yield* Effect.forEach(changed, ({ group }) => converged(group))
        yield* Effect.forEach(ended, ({ group }) => stayReadable(group))
        yield* listed(late, true)
      }),
    40_000,
  )

  it.effect("are back when the account is", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, me } = yield* Scene
      const group = yield* adasGroup()
      const before = (yield* ask(addressOf(group))).body
      whatsapp.as(ada).remove(group, me)
      yield* listed(group, false)
      whatsapp.as(ada).add(group, me)
      yield* listed(group, true)
      const after = (yield* converged(group)) && (yield* ask(addressOf(group))).body
      expect([after.id, after.firstSeenAt]).toEqual([before.id, before.firstSeenAt])
    }),
  )

  it.effect("carry the tags that their members give themselves", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada } = yield* Scene
      const group = yield* adasGroup()
      for (const tag of ["Treasurer", "Captain", ""]) {
        yield* Effect.promise(() => whatsapp.as(ada).tag(group, tag))
        yield* eventually(memberOf(group, ada.lidJid), (one) => one.tag === tag)
      }
    }),
  )

  it.effect("carry the tags that were given while the session was away", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada } = yield* Scene
      const group = yield* adasGroup()
      yield* Effect.promise(() => whatsapp.as(ada).tag(group, "Treasurer"))
      yield* eventually(memberOf(group, ada.lidJid), ({ tag }) => tag === "Treasurer")
      yield* whileAway(() => whatsapp.as(ada).tag(group, "Captain"))
      yield* eventually(memberOf(group, ada.lidJid), ({ tag }) => tag === "Captain")
    }),
  )

  it.effect("carry the tag of a member whom no notification told of before", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob } = yield* Scene
      const group = yield* adasGroup(bob)
      const eve = whatsapp.addPerson({ name: "Eve" })
      group.members.set(eve.id, member(undefined))
      yield* Effect.promise(() => whatsapp.as(eve).tag(group, "Newest"))
      // Stored in order: once Bob's tag is there, Eve's was dealt with.
      yield* Effect.promise(() => whatsapp.as(bob).tag(group, "Later"))
      yield* eventually(memberOf(group, bob.lidJid), ({ tag }) => tag === "Later")
      whatsapp.as(ada).rename(group, "Seen again")
      const [ours] = yield* converged(group)
      expect(ours.members).toContain(`${eve.lidJid} member`)
      expect((yield* memberOf(group, eve.lidJid)).tag).toBe("Newest")
    }),
  )

  it.effect("remember of those who left when they were last seen, and at first", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob } = yield* Scene
      const group = yield* adasGroup(bob)
      const first = yield* memberOf(group, bob.lidJid)
      const lastSeen = Effect.map(ask(`/contacts/${bob.lidJid}`), ({ body }) => {
        return body.groups.find((one: { jid: string }) => one.jid === group.jid).lastSeen
      })
      whatsapp.as(bob).leave(group)
      yield* eventually(memberOf(group, bob.lidJid), (one) => one === undefined)
      const left = yield* lastSeen
      whatsapp.as(ada).rename(group, "Without Bob")
      yield* eventually(
        memberOf(group, ada.lidJid),
        ({ lastSeenAt }) => lastSeenAt > first.lastSeenAt && lastSeenAt > left,
      )
      expect(yield* lastSeen).toBe(left)
      whatsapp.as(ada).add(group, bob)
      const again = yield* eventually(memberOf(group, bob.lidJid), (one) => one !== undefined)
      expect([again.id, again.firstSeenAt]).toEqual([first.id, first.firstSeenAt])
      expect(yield* lastSeen).toBeGreaterThan(left)
    }),
  )

  it.effect("remember when a member was first seen, and when last", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob } = yield* Scene
      const group = yield* ownGroup(bob)
      const first = yield* memberOf(group, bob.lidJid)
      expect(first.lastSeenAt).toBeGreaterThanOrEqual(first.firstSeenAt)
      yield* Effect.promise(() => whatsapp.as(bob).tag(group, "Goalkeeper"))
      yield* eventually(memberOf(group, bob.lidJid), ({ tag }) => tag === "Goalkeeper")

      whatsapp.as(bob).rename(group, "Seen again")
      const again = yield* eventually(
        memberOf(group, bob.lidJid),
        ({ lastSeenAt }) => lastSeenAt > first.lastSeenAt,
      )
      expect([again.id, again.firstSeenAt]).toEqual([first.id, first.firstSeenAt])

      whatsapp.as(bob).leave(group)
      yield* eventually(memberOf(group, bob.lidJid), (one) => one === undefined)
      const other = yield* ownGroup(ada)
      expect((yield* memberOf(other, ada.lidJid)).firstSeenAt).toBeGreaterThan(first.firstSeenAt)
    }),
  )
})
