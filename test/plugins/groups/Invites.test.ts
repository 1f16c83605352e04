import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { answering } from "../../support/Answering.ts"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import {
  addressOf,
  ask,
  bothViews,
  converged,
  del,
  outcome,
  ownGroup,
  post,
  quietly,
  Scene,
} from "./Scene.ts"

const site = "https://chat.whatsapp.com/"
const inviteTo = (path: string) => Effect.map(ask(`${path}/invite`), ({ body }) => body.invite)
const join = (invite: string) => post("/groups:join", { invite })

/** A group of Ada's that the account is not in, and the way in. */
const foreign = Effect.fn(function* (settings = {}) {
  const whatsapp = yield* WhatsApp
  const { ada } = yield* Scene
  const group = whatsapp.addGroup({ subject: "Book Club", owner: ada, ...settings })
  return { group, code: whatsapp.as(ada).inviteCode(group) }
})

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("invites", (it) => {
  describe("getGroupInvite", () => {
    it.effect("answers the link that leads into the group", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        const group = yield* ownGroup()
        const { body, status } = yield* ask(`${addressOf(group)}/invite`)
        expect(status).toBe(200)
        expect(body).toEqual({ invite: `${site}${group.inviteCode}` })
        whatsapp.as(ada).join(group.inviteCode!)
        expect(group.members.has(ada.id)).toBe(true)
        expect(yield* inviteTo(addressOf(group))).toBe(body.invite)
      }),
    )
  })

  it.effect("are never links that WhatsApp's code does not make", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const { me } = yield* Scene
      const group = yield* ownGroup()
      for (const read of [ask, del]) {
        const odd = [{ tag: "invite", attrs: { code: "short" } }]
        answering(whatsapp, me, { to: group.jid, child: "invite" }, odd)
        const answer = yield* read(`${addressOf(group)}/invite`)
        expect(outcome(answer)).toEqual([502, "upstream_error"])
      }
    }),
  )

  describe("revokeGroupInvite", () => {
    it.effect("answers another link, and the old one leads nowhere", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        const group = yield* ownGroup()
        const old = yield* inviteTo(addressOf(group))
        const { body, status } = yield* del(`${addressOf(group)}/invite`)
        expect(status).toBe(200)
        expect(body.invite).toBe(`${site}${group.inviteCode}`)
        expect(body.invite).not.toBe(old)
        expect(() => whatsapp.as(ada).join(old.slice(site.length))).toThrow("gone")
      }),
    )
  })

  describe("joinGroup", () => {
    it.effect.each([
      ["a bare code", (code: string) => code],
      ["a link", (code: string) => `${site}${code}`],
      ["a link as it is passed on", (code: string) => ` ${site}invite/${code}?mode=ems_copy_t `],
    ] as const)("enters by %s, and the group is stored at once", ([, written]) =>
      Effect.gen(function* () {
        const { me } = yield* Scene
        const { code, group } = yield* foreign()
        const { body, status } = yield* join(written(code))
        expect([status, body]).toEqual([200, { groupJid: group.jid }])
        expect(group.members.has(me.id)).toBe(true)
        const [ours, theirs] = yield* bothViews(group)
        expect(ours).toEqual(theirs)
      }),
    )

    it.effect("answers the group to a member as well", () =>
      Effect.gen(function* () {
        const { code, group } = yield* foreign()
        yield* join(code)
        const { body, status } = yield* join(code)
        expect([status, body]).toEqual([200, { groupJid: group.jid }])
      }),
    )

    it.effect("says that admins have to agree first, and does not list the group", () =>
      Effect.gen(function* () {
        const { me } = yield* Scene
        const { code, group } = yield* foreign({ approval: true })
        const { body, status } = yield* join(code)
        expect([status, body]).toEqual([202, { groupJid: group.jid, isPending: true }])
        expect(group.requests.has(me.id)).toBe(true)
        expect((yield* ask(addressOf(group))).status).toBe(404)
      }),
    )

    it.effect("says why an invite can not be used", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        const { code: revoked, group } = yield* foreign()
        whatsapp.as(ada).revokeInvite(group)
        const { code: full } = yield* foreign({ capacity: 1 })
        for (const [invite, reason] of [
          [revoked, "invite_revoked"],
          [full, "group_full"],
          ["AAAAAAAAAAAAAAAAAAAAAA", "invite_unknown"],
        ] as const) {
          const answer = yield* join(invite)
          expect(outcome(answer)).toEqual([400, "validation_error", reason])
          expect(answer.body.error.details.fields[0].path).toBe("invite")
        }
      }),
    )

    it.effect.each(["", "short", "https://example.com/HaPq3kLw9ZtYb2RnXv7Cd1", "a b", null])(
      "refuses %j, naming the field",
      (invite) =>
        Effect.map(post("/groups:join", { invite }), ({ body, status }) => {
          expect([status, body.error.details.fields[0].path]).toEqual([400, "invite"])
        }),
    )

    it.effect("never takes an answer without a group for one, and stores what was joined", () =>
      quietly(
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const { me } = yield* Scene
          const { code, group } = yield* foreign()
          answering(whatsapp, me, { child: "invite", type: "set" }, [], true)
          expect(outcome(yield* join(code))).toEqual([502, "upstream_error"])
          const [ours, theirs] = yield* bothViews(group)
          expect(ours).toEqual(theirs)
        }),
      ),
    )

    it.effect("stores what was joined without a word by an invite that leads nowhere since", () =>
      quietly(
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const { me } = yield* Scene
          const { code, group } = yield* foreign()
          answering(whatsapp, me, { child: "invite", type: "set" }, [], true)
          whatsapp.fault({ child: "invite", type: "get", code: 410, text: "gone" })
          expect(outcome(yield* join(code))).toEqual([502, "upstream_error"])
          yield* eventually(ask(addressOf(group)), ({ status }) => status === 200)
          yield* converged(group)
        }),
      ),
    )
  })

  describe("previewGroupInvite", () => {
    it.effect("shows the group to those who are not in it, and enters nowhere", () =>
      Effect.gen(function* () {
        const { ada, me } = yield* Scene
        const { code, group } = yield* foreign({ approval: true })
        for (const invite of [code, encodeURIComponent(`${site}${code}`)]) {
          const { body, status } = yield* ask(`/groups:preview?invite=${invite}`)
          expect(status).toBe(200)
          expect(body).toEqual({
            createdAtWa: group.createdAt * 1000,
            description: "",
            groupJid: group.jid,
            joinApproval: true,
            ownerJid: ada.pnJid,
            participantCount: 1,
            subject: "Book Club",
          })
        }
        expect(group.members.has(me.id)).toBe(false)
        expect((yield* ask(addressOf(group))).status).toBe(404)
      }),
    )

    it.effect("counts the members where WhatsApp's own count is none", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada, me } = yield* Scene
        const { code } = yield* foreign()
        const attrs = {
          id: "120363000000000043",
          subject: "Odd",
          size: "many",
          creation: "long ago",
        }
        const owner = { jid: ada.lidJid, type: "superadmin" }
        const content = [{ tag: "participant", attrs: owner }]
        answering(whatsapp, me, { child: "invite", type: "get" }, [
          { tag: "group", attrs, content },
        ])
        const { body, status } = yield* ask(`/groups:preview?invite=${code}`)
        expect(status).toBe(200)
        expect(body).toMatchObject({ createdAtWa: null, participantCount: 1, subject: "Odd" })
      }),
    )

    it.effect("needs an invite", () =>
      Effect.map(ask("/groups:preview"), ({ body, status }) => {
        expect([status, body.error.details.fields]).toEqual([
          400,
          [{ path: "invite", expected: "a value" }],
        ])
      }),
    )
  })
})
