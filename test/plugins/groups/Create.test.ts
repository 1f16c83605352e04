import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { answering } from "../../support/Answering.ts"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import { baseUrl } from "../../support/Http.ts"
import {
  addressOf,
  ask,
  bothViews,
  converged,
  inWorld,
  post,
  preferring,
  quietly,
  Scene,
} from "./Scene.ts"

const create = (json: unknown, request = {}) => post("/groups", json, request)
const fieldsOf = (answer: { readonly body: { error: { details: { fields: [] } } } }) =>
  answer.body.error.details.fields.map(({ path }: { path: string }) => path).sort()

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("createGroup", (it) => {
  it.effect("makes a group of the account and the people asked for, listed at once", () =>
    Effect.gen(function* () {
      const { ada, bob, me } = yield* Scene
      const json = { name: "Project Team", participants: [ada.pnJid, bob.lidJid] }
      const { body, status } = yield* create(json)
      expect(status).toBe(201)
      expect(body).toEqual({
        description: "",
        groupJid: expect.stringMatching(/^\d+@g\.us$/),
        isAnnounce: false,
        isLocked: false,
        ownerJid: me.pnJid,
        participants: 3,
        subject: "Project Team",
      })
      const list = yield* ask("/groups")
      expect(list.body.data.map(({ groupJid }: { groupJid: string }) => groupJid)).toContain(
        body.groupJid,
      )
      const group = yield* inWorld(body.groupJid)
      expect([...group.members.keys()].sort()).toEqual([me.id, ada.id, bob.id].sort())
      const [ours, theirs] = yield* bothViews(group)
      expect(ours).toEqual(theirs)
    }),
  )

  it.effect("makes another group of every call", () =>
    Effect.gen(function* () {
      const { bob } = yield* Scene
      const json = { name: "Twins", participants: [bob.pnJid] }
      const answers = yield* Effect.all([create(json), create(json)])
      expect(new Set(answers.map(({ body }) => body.groupJid)).size).toBe(2)
    }),
  )

  it.effect("drops those whom WhatsApp does not add, without failing", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { bob } = yield* Scene
      const shy = whatsapp.addPerson({ name: "Shy" })
      whatsapp.as(shy).setPrivacy("groupadd", "none")
      const nobody = "15559999999@s.whatsapp.net"
      const participants = [shy.pnJid, bob.pnJid, nobody]
      const { body, status } = yield* create({ name: "Open", participants })
      expect([status, body.participants]).toEqual([201, 2])
      expect(body).not.toHaveProperty("verdicts")
      const [ours, theirs] = yield* bothViews(yield* inWorld(body.groupJid))
      expect(ours).toEqual(theirs)

      const told = yield* create({ name: "Told", participants }, preferring)
      expect(told.status).toBe(201)
      expect(told.body.verdicts).toEqual([
        {
          code: 403,
          invite: expect.anything(),
          jid: shy.pnJid,
          lid: shy.lidJid,
          phoneJid: shy.pnJid,
          reason: "privacy",
          status: "refused",
        },
        {
          code: 200,
          invite: null,
          jid: bob.pnJid,
          lid: bob.lidJid,
          phoneJid: bob.pnJid,
          reason: null,
          status: "done",
        },
        {
          code: 404,
          invite: null,
          jid: nobody,
          lid: null,
          phoneJid: nobody,
          reason: "not_on_whatsapp",
          status: "refused",
        },
      ])
    }),
  )

  it.effect("takes addresses of a device, and people named twice, as one person", () =>
    Effect.gen(function* () {
      const { bob } = yield* Scene
      const device = bob.pnJid.replace("@", ":7@")
      const { body } = yield* create({ name: "Once", participants: [device, bob.pnJid] })
      expect(body.participants).toBe(2)
    }),
  )

  it.effect("asks WhatsApp for people who are named twice only once", () =>
    Effect.gen(function* () {
      const { bob } = yield* Scene
      const participants = [bob.pnJid, bob.pnJid.replace("@", ":7@"), bob.pnJid]
      const { body } = yield* create({ name: "Once", participants }, preferring)
      expect(body.verdicts).toMatchObject([{ jid: bob.pnJid, status: "done" }])
    }),
  )

  it.effect("takes the account's own number among the people, who is there already", () =>
    Effect.gen(function* () {
      const { bob, me } = yield* Scene
      const participants = [me.pnJid, bob.pnJid]
      const { body, status } = yield* create({ name: "We", participants }, preferring)
      expect([status, body.ownerJid, body.participants]).toEqual([201, me.pnJid, 2])
      expect(body.verdicts).toMatchObject([
        { jid: me.pnJid, reason: "already_member", status: "unchanged" },
        { jid: bob.pnJid, status: "done" },
      ])
      const [ours, theirs] = yield* bothViews(yield* inWorld(body.groupJid))
      expect(ours).toEqual(theirs)
    }),
  )

  it.effect("makes the group even if WhatsApp says nothing about somebody", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { ada, bob, me } = yield* Scene
      const owner = { jid: me.lidJid, phone_number: me.pnJid, type: "superadmin" }
      const people = [owner, { jid: bob.lidJid, phone_number: bob.pnJid }]
      const attrs = { id: "120363000000000042", subject: "Laconic", creation: "1700000000" }
      const content = people.map((attrs) => ({ tag: "participant", attrs }))
      answering(whatsapp, me, { child: "create" }, [{ tag: "group", attrs, content }])
      const participants = [ada.pnJid, bob.pnJid]
      const { body, status } = yield* create({ name: "Laconic", participants }, preferring)
      expect([status, body.participants]).toEqual([201, 2])
      expect(body.verdicts).toMatchObject([{ jid: bob.pnJid, status: "done" }])
    }),
  )

  describe("refuses", () => {
    const person = "6281234567890@s.whatsapp.net"
    it.effect.each([
      ["nothing at all", {}, ["name", "participants"]],
      ["an empty name", { name: "", participants: [person] }, ["name"]],
      ["a blank name", { name: " \t", participants: [person] }, ["name"]],
      ["a name that is too long", { name: "x".repeat(101), participants: [person] }, ["name"]],
      ["nobody", { name: "Alone", participants: [] }, ["participants"]],
      ["a number", { name: "X", participants: ["6281234567890"] }, ["participants.0"]],
      ["a group", { name: "X", participants: [person, "120@g.us"] }, ["participants.1"]],
      ["null", { name: null, participants: null }, ["name", "participants"]],
      ["a typo", { name: "X", participants: [person], subjct: "Y" }, ["subjct"]],
    ] as const)("%s", ([, json, fields]) =>
      Effect.map(create(json), (answer) => {
        expect(answer.status).toBe(400)
        expect(fieldsOf(answer)).toEqual(fields)
      }),
    )
  })

  it.effect(
    "never takes a dropped answer for a group, and stores the one that was made",
    () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { bob } = yield* Scene
        const before = new Set(whatsapp.world.groups.keys())
        whatsapp.fault({ xmlns: "w:g2", child: "create", mute: true })
        const { status } = yield* create({ name: "Muted", participants: [bob.pnJid] })
        expect(status).toBe(504)
        const made = [...whatsapp.world.groups.values()].find(({ jid }) => !before.has(jid))
        yield* converged(made!)
        const list = yield* ask("/groups")
        expect(list.text).toContain(made!.jid)
      }),
    30_000,
  )

  const named = (name: string) =>
    Effect.map(ask("/groups"), ({ body }) =>
      body.data.filter(({ subject }: { subject: string }) => subject === name),
    )

  it.effect("never takes an answer without the group for one, and stores what was made", () =>
    quietly(
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { bob, me } = yield* Scene
        answering(whatsapp, me, { child: "create" }, [], true)
        const { body, status } = yield* create({ name: "Void", participants: [bob.pnJid] })
        expect([status, body.error.details.whatsapp]).toEqual([
          502,
          { code: 500, text: "unreadable answer" },
        ])
        expect(yield* named("Void")).toHaveLength(1)
      }),
    ),
  )

  it.effect("stores what was made without a word however long WhatsApp takes to list groups", () =>
    quietly(
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { bob, me } = yield* Scene
        answering(whatsapp, me, { child: "create" }, [], true)
        whatsapp.fault({ child: "participating", delayMs: 4_000 })
        const { status } = yield* create({ name: "Slow list", participants: [bob.pnJid] })
        expect([status, yield* named("Slow list")]).toEqual([502, []])
        yield* eventually(named("Slow list"), (found) => found.length === 1)
      }),
    ),
  )

  it.effect("stores what was made after the caller had hung up", () =>
    quietly(
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { alice, bob, session } = yield* Scene
        const url = `${yield* baseUrl}/api/v1/sessions/${session}/groups`
        const headers = {
          authorization: `Bearer ${alice.key}`,
          "content-type": "application/json",
        }
        const body = JSON.stringify({ name: "Hung up", participants: [bob.pnJid] })
        const hangUp = new AbortController()
        whatsapp.fault({
          child: "create",
          mute: true,
          when: () => {
            hangUp.abort()
            return true
          },
        })
        const { signal } = hangUp
        const asking = fetch(url, { method: "POST", headers, body, signal })
        yield* Effect.promise(() => asking.catch(() => undefined))
        yield* eventually(named("Hung up"), (found) => found.length === 1)
      }),
    ),
  )

  it.effect("shows the group even when nobody tells of it", () =>
    Effect.gen(function* () {
      const { bob } = yield* Scene
      const { body } = yield* quietly(create({ name: "Quiet", participants: [bob.pnJid] }))
      const found = yield* eventually(
        ask(`/groups/${body.groupJid}`),
        ({ status }) => status === 200,
      )
      expect(found.body.subject).toBe("Quiet")
      expect(addressOf(yield* inWorld(body.groupJid))).toContain(body.groupJid)
    }),
  )
})
