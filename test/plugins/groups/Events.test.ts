import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import {
  GroupCreated,
  GroupJoinRequest,
  GroupMembersChanged,
  GroupUpdated,
} from "../../../plugins/groups/Events.ts"
import { Events } from "../../../src/ports/Events.ts"
import type { Group } from "../../emulator/world/Group.ts"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import { adasGroup, addressOf, ask, converged, del, ownGroup, patch, post, Scene } from "./Scene.ts"
import { groupSeen, idleSession, seeing } from "./Stopped.ts"

const payloads = {
  "group.created": GroupCreated,
  "group.updated": GroupUpdated,
  "group.members": GroupMembersChanged,
  "group.join_request": GroupJoinRequest,
}

type Payload = {
  readonly groupJid?: string
  readonly group?: { readonly groupJid: string }
}

/** Every event of the organization, in order; payloads as their schemas say. */
const all = Effect.gen(function* () {
  const { alice } = yield* Scene
  const logged = yield* (yield* Events).read(alice.organization.id, 0, 10_000)
  return logged.flatMap(({ event, payload }) =>
    event in payloads
      ? [{ event, payload: strictly(event as keyof typeof payloads, payload) as Payload }]
      : [],
  )
})

const strictly = (event: keyof typeof payloads, payload: unknown) =>
  Schema.decodeUnknownSync(payloads[event] as Schema.Schema<unknown>, {
    onExcessProperty: "error",
  })(payload)

const isAbout = (jid: string) => (one: { readonly payload: Payload }) =>
  (one.payload.group ?? one.payload).groupJid === jid

const told = (jid: string) => Effect.map(all, (events) => events.filter(isAbout(jid)))
const toldOf = ({ jid }: Group) => told(jid)

const names = (events: ReadonlyArray<{ readonly event: string }>) =>
  events.map(({ event }) => event)

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("events", (it) => {
  it.effect("do not tell of the groups that the account was in when it was linked", () =>
    Effect.gen(function* () {
      const { family, former } = yield* Scene
      expect(yield* toldOf(family)).toEqual([])
      expect(names(yield* toldOf(former))).toEqual(["group.updated"])
    }),
  )

  it.effect("tell once of a group that is new, and not of its members", () =>
    Effect.gen(function* () {
      const { bob } = yield* Scene
      const own = yield* ownGroup(bob)
      const joined = yield* adasGroup(bob)
      for (const group of [own, joined]) {
        yield* converged(group)
        const events = yield* toldOf(group)
        expect(names(events)).toEqual(["group.created"])
        const { body } = yield* ask(addressOf(group))
        expect(events[0]!.payload).toEqual({ group: body })
      }
    }),
  )

  it.effect("tell what changed, by whomever, in the order it did", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob } = yield* Scene
      const group = yield* adasGroup(bob)
      yield* patch(addressOf(group), { subject: "Ours", description: "All of us" })
      whatsapp.as(ada).setApproval(group, true)
      yield* converged(group)
      const changed = (yield* toldOf(group)).slice(1).map(({ payload }) => payload)
      expect(changed).toMatchObject([
        { changed: ["subject"], isMember: true, group: { subject: "Ours", description: "" } },
        { changed: ["description"], group: { description: "All of us" } },
        { changed: ["joinApproval"] },
      ])
    }),
  )

  it.effect("say nothing where nothing changed", () =>
    Effect.gen(function* () {
      const { bob } = yield* Scene
      const group = yield* ownGroup(bob)
      yield* patch(addressOf(group), { subject: group.subject, locked: false })
      yield* post(`${addressOf(group)}/members`, { participants: [bob.pnJid] })
      yield* del(`${addressOf(group)}/members/111111111@lid`)
      yield* converged(group)
      expect(names(yield* toldOf(group))).toEqual(["group.created"])
    }),
  )

  it.effect("tell who joined, left, rose, fell, and carries another tag", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob } = yield* Scene
      const group = yield* ownGroup(bob)
      const members = `${addressOf(group)}/members`
      const of = { lid: bob.lidJid, phoneJid: bob.pnJid }
      yield* post(members, { participants: [ada.pnJid] })
      yield* post(`${members}/${bob.pnJid}/promote`, undefined)
      yield* post(`${members}/${bob.pnJid}/demote`, undefined)
      yield* Effect.promise(() => whatsapp.as(bob).tag(group, "Goalkeeper"))
      const tagged = (events: ReadonlyArray<unknown>) => JSON.stringify(events).includes("tagged")
      yield* eventually(toldOf(group), tagged)
      whatsapp.as(bob).leave(group)
      yield* converged(group)
      const events = (yield* toldOf(group)).slice(1)
      expect(events.every(({ event }) => event === "group.members")).toBe(true)
      expect(events.map(({ payload }) => (payload as { changes?: unknown }).changes)).toEqual([
        [{ change: "joined", lid: ada.lidJid, phoneJid: ada.pnJid, role: "member", tag: "" }],
        [{ ...of, change: "promoted", role: "admin", tag: "" }],
        [{ ...of, change: "demoted", role: "member", tag: "" }],
        [{ ...of, change: "tagged", role: "member", tag: "Goalkeeper" }],
        [{ ...of, change: "left", role: "member", tag: "Goalkeeper" }],
      ])
    }),
  )

  it.effect("tell that the account is out, and that it is back", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, me } = yield* Scene
      const group = yield* adasGroup()
      yield* post(`${addressOf(group)}:leave`, undefined)
      whatsapp.as(ada).add(group, me)
      yield* eventually(toldOf(group), (events) => events.length === 3)
      const changed = (yield* toldOf(group)).slice(1)
      expect(changed).toMatchObject([
        { event: "group.updated", payload: { changed: ["isMember"], isMember: false } },
        { event: "group.updated", payload: { changed: ["isMember"], isMember: true } },
      ])
    }),
  )

  it.effect("tell who asks to be let in, and when they no longer do", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob } = yield* Scene
      const eve = whatsapp.addPerson({ name: "Eve" })
      const group = yield* ownGroup(bob)
      yield* patch(`${addressOf(group)}/settings`, { joinApproval: true })
      const { body } = yield* ask(`${addressOf(group)}/invite`)
      const requests = Effect.map(toldOf(group), (events) =>
        events
          .filter(({ event }) => event === "group.join_request")
          .map(({ payload }) => payload as GroupJoinRequest),
      )
      const many = (count: number) => eventually(requests, ({ length }) => length === count)
      for (const person of [ada, eve]) {
        whatsapp.as(person).join(body.invite.split("/").at(-1))
        yield* many(person === ada ? 1 : 2)
      }
      yield* post(`${addressOf(group)}/members:approve`, { participants: [ada.pnJid] })
      whatsapp.as(eve).cancelRequest(group)
      yield* many(4)
      const seen = (yield* requests).map(({ lid, status }) => `${lid} ${status}`)
      expect(seen.sort()).toEqual(
        [ada, eve].flatMap(({ lidJid }) => [`${lidJid} closed`, `${lidJid} open`]).sort(),
      )
      expect((yield* requests)[0]).toEqual({
        groupJid: group.jid,
        lid: ada.lidJid,
        method: "invite_link",
        phoneJid: ada.pnJid,
        requestedAt: expect.any(Number),
        status: "open",
      })
    }),
  )

  it.effect("are not told of what is not committed", () =>
    Effect.gen(function* () {
      const session = yield* idleSession
      const jid = "120363000000000888@g.us"
      yield* seeing(session, [{ _tag: "GroupsListed", jids: [] }])
      const broken = { ...groupSeen(jid, ["12345678@lid"]), subject: null as never }
      const failed = yield* Effect.exit(seeing(session, [broken]))
      expect(failed._tag).toBe("Failure")
      expect(yield* told(jid)).toEqual([])
      yield* seeing(session, [groupSeen(jid, ["12345678@lid"])])
      expect(names(yield* told(jid))).toEqual(["group.created"])
    }),
  )
})
