import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import { addressOf, ask, bothViews, converged, inWorld, post, preferring, Scene } from "./Scene.ts"

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

  it.effect("never takes an answer without the group for one", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { bob, me } = yield* Scene
      whatsapp.fault({
        xmlns: "w:g2",
        child: "create",
        drop: true,
        when: ({ attrs }) => {
          const { id } = attrs
          whatsapp.push(me, { tag: "iq", attrs: { type: "result", from: "@g.us", id: id! } })
          return true
        },
      })
      const { body, status } = yield* create({ name: "Void", participants: [bob.pnJid] })
      expect([status, body.error.details.whatsapp]).toEqual([
        502,
        { code: 500, text: "unreadable answer" },
      ])
    }),
  )

  it.effect("shows the group even when nobody tells of it", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { bob } = yield* Scene
      Object.assign(whatsapp.server.behaviour, { echoToActor: false })
      const { body } = yield* create({ name: "Quiet", participants: [bob.pnJid] }).pipe(
        Effect.ensuring(
          Effect.sync(() => Object.assign(whatsapp.server.behaviour, { echoToActor: true })),
        ),
      )
      const found = yield* eventually(
        ask(`/groups/${body.groupJid}`),
        ({ status }) => status === 200,
      )
      expect(found.body.subject).toBe("Quiet")
      expect(addressOf(yield* inWorld(body.groupJid))).toContain(body.groupJid)
    }),
  )
})
