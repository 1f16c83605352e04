import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WhatsApp } from "../../support/Gateway.ts"
import {
  adasGroup,
  addressOf,
  ask,
  bothViews,
  converged,
  outcome,
  ownGroup,
  patch,
  post,
  quietly,
  Scene,
} from "./Scene.ts"

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("settings", (it) => {
  describe("updateGroupSettings", () => {
    it.effect("changes each on WhatsApp, and the stored ones at once", () =>
      Effect.gen(function* () {
        const group = yield* ownGroup()
        const path = `${addressOf(group)}/settings`
        const changed = {
          disappearingSeconds: 604_800,
          joinApproval: true,
          memberAddMode: "members",
        }
        const { status, text } = yield* patch(path, changed)
        expect([status, text]).toEqual([204, ""])
        expect((yield* ask(path)).body).toEqual(changed)
        expect(group).toMatchObject({ approval: true, ephemeral: 604_800 })
        const back = { disappearingSeconds: 0, joinApproval: false, memberAddMode: "admins" }
        yield* patch(path, back)
        expect((yield* ask(path)).body).toEqual(back)
        const [ours, theirs] = yield* bothViews(group)
        expect(ours).toEqual(theirs)
      }),
    )

    it.effect("leaves what was not sent, and does nothing for an empty object", () =>
      Effect.gen(function* () {
        const group = yield* ownGroup()
        const path = `${addressOf(group)}/settings`
        expect((yield* patch(path, {})).status).toBe(204)
        yield* patch(path, { joinApproval: true })
        expect((yield* ask(path)).body).toMatchObject({
          joinApproval: true,
          memberAddMode: "admins",
        })
      }),
    )

    it.effect.each([
      [{ disappearingSeconds: 60 }, "disappearingSeconds"],
      [{ memberAddMode: "everyone" }, "memberAddMode"],
      [{ joinApproval: null }, "joinApproval"],
      [{ approval: true }, "approval"],
    ] as const)("refuses %j, naming the field", ([json, path]) =>
      Effect.gen(function* () {
        const group = yield* ownGroup()
        const { body, status } = yield* patch(`${addressOf(group)}/settings`, json)
        expect([status, body.error.details.fields[0].path]).toEqual([400, path])
      }),
    )
  })

  describe("updateGroup", () => {
    it.effect("applies the fields in order, and says which took effect when one fails", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const group = yield* ownGroup()
        whatsapp.fault({ to: group.jid, child: "announcement", code: 401, text: "not-authorized" })
        const json = { locked: true, announce: true, description: "Mine", subject: "Both" }
        const answer = yield* patch(addressOf(group), json)
        expect(outcome(answer)).toEqual([403, "forbidden", "not_group_admin"])
        expect(answer.body.error.details.applied).toEqual(["subject", "description"])
        expect(group).toMatchObject({ subject: "Both", announce: false, locked: false })
        const [ours, theirs] = yield* bothViews(group)
        expect(ours).toEqual(theirs)
      }),
    )

    it.effect("lets a plain member change what the group leaves open", () =>
      Effect.gen(function* () {
        const group = yield* adasGroup()
        const answer = yield* patch(addressOf(group), { subject: "Ours", announce: true })
        expect(outcome(answer)).toEqual([403, "forbidden", "not_group_admin"])
        expect(answer.body.error.details.applied).toEqual(["subject"])
        expect(group).toMatchObject({ subject: "Ours", announce: false })
      }),
    )
  })

  describe("leaveGroup", () => {
    it.effect("leaves, keeps what is stored readable, and lists the group no more", () =>
      Effect.gen(function* () {
        const { me } = yield* Scene
        const group = yield* adasGroup()
        const path = addressOf(group)
        const before = yield* ask(`${path}/members`)
        for (const _ of [1, 2]) {
          const { status, text } = yield* post(`${path}:leave`, undefined)
          expect([status, text]).toEqual([204, ""])
          expect(group.members.has(me.id)).toBe(false)
        }
        const [list, kept, members] = yield* Effect.all([
          ask("/groups"),
          ask(path),
          ask(`${path}/members`),
        ])
        expect(list.text).not.toContain(group.jid)
        expect([kept.status, kept.body.subject]).toEqual([200, "Ada's"])
        expect(members.body.data).toHaveLength(before.body.data.length)
        const late = yield* patch(path, { subject: "Late" })
        expect(outcome(late)).toEqual([403, "forbidden", "not_group_member"])
      }),
    )

    it.effect("has nothing to do in a group that is no more", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        const group = yield* adasGroup()
        whatsapp.as(ada).disband(group)
        expect((yield* post(`${addressOf(group)}:leave`, undefined)).status).toBe(204)
        expect((yield* ask("/groups")).text).not.toContain(group.jid)
      }),
    )
  })

  it.effect("tell of a group that WhatsApp no longer has", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const group = yield* adasGroup()
      whatsapp.world.groups.delete(group.jid)
      const { body, status } = yield* patch(addressOf(group), { subject: "x" })
      expect([status, body.error.message]).toEqual([404, "group not found"])
    }),
  )

  it.effect("keep nobody waiting for a look at what WhatsApp has acknowledged", () =>
    quietly(
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const group = yield* ownGroup()
        whatsapp.fault({ to: group.jid, child: "query", drop: true })
        const began = performance.now()
        const { status } = yield* patch(addressOf(group), { subject: "Renamed" })
        expect(status).toBe(204)
        expect(performance.now() - began).toBeLessThan(10_000)
        yield* converged(group)
      }),
    ),
  )
})
