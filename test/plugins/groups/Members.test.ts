import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Person } from "../../emulator/people/Person.ts"
import type { Group } from "../../emulator/world/Group.ts"
import { answering } from "../../support/Answering.ts"
import { WhatsApp } from "../../support/Gateway.ts"
import {
  adasGroup,
  addressOf,
  bothViews,
  del,
  outcome,
  ownGroup,
  post,
  preferring,
  quietly,
  Scene,
} from "./Scene.ts"

const members = (group: Group) => `${addressOf(group)}/members`
const add = (group: Group, people: ReadonlyArray<string>, request = {}) =>
  post(members(group), { participants: people }, request)
const agree = (group: Group) =>
  Effect.map(bothViews(group), ([ours, theirs]) => expect(ours).toEqual(theirs))
const roleOf = (group: Group, person: Person) => group.members.get(person.id)?.role

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("members", (it) => {
  describe("addGroupMembers", () => {
    it.effect("adds people, and the stored group shows them at once", () =>
      Effect.gen(function* () {
        const { ada, bob } = yield* Scene
        const group = yield* ownGroup(bob)
        const { status, text } = yield* add(group, [ada.pnJid])
        expect([status, text]).toEqual([204, ""])
        expect(group.members.has(ada.id)).toBe(true)
        yield* agree(group)
      }),
    )

    it.effect("does nothing to those who are there", () =>
      Effect.gen(function* () {
        const { bob } = yield* Scene
        const group = yield* ownGroup(bob)
        expect((yield* add(group, [bob.lidJid])).status).toBe(204)
        const told = yield* add(group, [bob.lidJid], preferring)
        expect(told.body.data).toMatchObject([
          { jid: bob.lidJid, status: "unchanged", reason: "already_member", code: 409 },
        ])
        yield* agree(group)
      }),
    )

    it.effect("gives WhatsApp's verdict on everybody, in the order of the request", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada, bob } = yield* Scene
        const shy = whatsapp.addPerson({ name: "Shy" })
        whatsapp.as(shy).setPrivacy("groupadd", "none")
        const group = yield* ownGroup(bob)
        const { body, status } = yield* add(group, [shy.lidJid, ada.pnJid], preferring)
        expect(status).toBe(200)
        expect(body.data).toEqual([
          {
            code: 403,
            invite: { code: expect.any(String), expiresAt: expect.any(Number) },
            jid: shy.lidJid,
            lid: shy.lidJid,
            phoneJid: shy.pnJid,
            reason: "privacy",
            status: "refused",
          },
          {
            code: 200,
            invite: null,
            jid: ada.pnJid,
            lid: ada.lidJid,
            phoneJid: ada.pnJid,
            reason: null,
            status: "done",
          },
        ])
        expect(body.data[0].invite.expiresAt).toBeGreaterThan(Date.now())
        yield* agree(group)
      }),
    )

    it.effect("succeeds where every single person is refused", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const shy = whatsapp.addPerson({ name: "Shyer" })
        whatsapp.as(shy).setPrivacy("groupadd", "none")
        const group = yield* ownGroup()
        expect((yield* add(group, [shy.pnJid])).status).toBe(204)
        expect(group.members.has(shy.id)).toBe(false)
      }),
    )

    it.effect("tells of a full group", () =>
      Effect.gen(function* () {
        const { ada, bob } = yield* Scene
        const group = yield* ownGroup(bob)
        group.capacity = 2
        const { body } = yield* add(group, [ada.pnJid], preferring)
        expect(body.data).toMatchObject([{ status: "refused", reason: "group_full", code: 419 }])
      }),
    )

    it.effect("never takes an answer that leaves somebody out for a success, and looks", () =>
      quietly(
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const { ada, me } = yield* Scene
          const group = yield* ownGroup()
          const nobody = [{ tag: "add", attrs: {}, content: [] }]
          answering(whatsapp, me, { to: group.jid, child: "add" }, nobody, true)
          expect(outcome(yield* add(group, [ada.pnJid]))).toEqual([502, "upstream_error"])
          expect(group.members.has(ada.id)).toBe(true)
          yield* agree(group)
        }),
      ),
    )

    it.effect("refuses nobody and whom it can not read, naming the field", () =>
      Effect.gen(function* () {
        const group = yield* ownGroup()
        for (const [people, path] of [
          [[], "participants"],
          [["ada"], "participants.0"],
        ] as const) {
          const { body, status } = yield* add(group, people)
          expect([status, body.error.details.fields[0].path]).toEqual([400, path])
        }
      }),
    )
  })

  describe("removeGroupMember", () => {
    it.effect("removes a person by any address, and again without a word", () =>
      Effect.gen(function* () {
        const { ada, bob } = yield* Scene
        const addresses = [
          bob.lidJid,
          bob.pnJid,
          encodeURIComponent(bob.pnJid),
          bob.pnJid.replace("@", ":3@"),
          bob.lidJid.replace("@", "%3A3%40"),
        ]
        for (const address of addresses) {
          const group = yield* ownGroup(bob, ada)
          expect((yield* del(`${members(group)}/${address}`)).status).toBe(204)
          expect(group.members.has(bob.id)).toBe(false)
          yield* agree(group)
          expect((yield* del(`${members(group)}/${address}`)).status).toBe(204)
        }
      }),
    )

    it.effect("says that somebody had left", () =>
      Effect.gen(function* () {
        const { ada } = yield* Scene
        const group = yield* ownGroup()
        const { body, status } = yield* del(`${members(group)}/${ada.lidJid}`, preferring)
        expect(status).toBe(200)
        expect(body.data).toMatchObject([{ status: "unchanged", reason: "not_a_member" }])
      }),
    )

    it.effect("does not remove whoever made the group", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada, me } = yield* Scene
        const group = yield* adasGroup()
        whatsapp.as(ada).promote(group, me)
        const answer = yield* del(`${members(group)}/${ada.lidJid}`)
        expect(outcome(answer)).toEqual([403, "forbidden", "group_owner"])
        expect(group.members.has(ada.id)).toBe(true)
      }),
    )
  })

  describe("promoteGroupMember and demoteGroupMember", () => {
    it.effect("make an admin and unmake one, again without a word", () =>
      Effect.gen(function* () {
        const { bob } = yield* Scene
        const group = yield* ownGroup(bob)
        const path = `${members(group)}/${bob.pnJid}`
        for (const role of ["admin", "admin", undefined, undefined]) {
          const verb = role === undefined ? "demote" : "promote"
          expect((yield* post(`${path}/${verb}`, undefined)).status).toBe(204)
          expect(roleOf(group, bob)).toBe(role)
          yield* agree(group)
        }
      }),
    )

    it.effect("tell what WhatsApp made of it to those who prefer to know", () =>
      Effect.gen(function* () {
        const { bob } = yield* Scene
        const group = yield* ownGroup(bob)
        for (const verb of ["promote", "demote"]) {
          const path = `${members(group)}/${bob.pnJid}/${verb}`
          const { body, status } = yield* post(path, undefined, preferring)
          expect([verb, status]).toEqual([verb, 200])
          expect(body).toEqual({
            data: [
              {
                code: 200,
                invite: null,
                jid: bob.pnJid,
                lid: bob.lidJid,
                phoneJid: bob.pnJid,
                reason: null,
                status: "done",
              },
            ],
          })
        }
      }),
    )

    it.effect("do not know who is not there", () =>
      Effect.gen(function* () {
        const { ada } = yield* Scene
        const group = yield* ownGroup()
        for (const verb of ["promote", "demote"]) {
          const { body, status } = yield* post(`${members(group)}/${ada.lidJid}/${verb}`, undefined)
          expect([status, body.error.message]).toEqual([404, "group member not found"])
        }
      }),
    )
  })
})
