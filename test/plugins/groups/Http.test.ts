import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { api } from "../../support/Http.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, keyOf, linked, tenant, WhatsApp } from "../../support/Gateway.ts"

/** A linked account that owns one group and is a plain member of another. */
const stage = Effect.gen(function* () {
  const whatsapp = yield* WhatsApp
  const me = whatsapp.addPerson({ name: "Me" })
  const ada = whatsapp.addPerson({ name: "Ada" })
  const team = whatsapp.addGroup({ subject: "Project Team", owner: me, members: [ada] })
  const family = whatsapp.addGroup({ subject: "Family", owner: ada, members: [me] })
  yield* Effect.promise(() => whatsapp.as(ada).tag(team, "Treasurer"))
  const alice = yield* tenant()
  const session = yield* linked(alice, me)
  const groups = `/sessions/${session}/groups`
  return { whatsapp, alice, me, ada, team, family, session, groups }
})

const sessionNotFound = {
  error: { code: "not_found", message: "session not found", details: {} },
}
const groupNotFound = { error: { code: "not_found", message: "group not found", details: {} } }

layer(gateway(), { excludeTestServices: true })("groups over HTTP", (it) => {
  describe("listGroups", () => {
    it.effect("answers every group of the session in one page", () =>
      Effect.gen(function* () {
        const { alice, groups, me, team } = yield* stage
        const { body, status } = yield* api(groups, { as: alice.key })
        expect(status).toBe(200)
        expect(body.nextCursor).toBe("")
        expect(body.data).toHaveLength(2)
        expect(body.data[0]).toEqual({
          createdAtWa: expect.any(Number),
          description: "",
          firstSeenAt: expect.any(Number),
          groupJid: team.jid,
          id: expect.any(Number),
          isAnnounce: false,
          isLocked: false,
          ownerJid: me.pnJid,
          participantCount: 2,
          subject: "Project Team",
          updatedAt: expect.any(Number),
        })
      }),
    )

    it.effect("tells another organization what it tells of a session that does not exist", () =>
      Effect.gen(function* () {
        const { groups } = yield* stage
        const bob = yield* tenant()
        const foreign = yield* api(groups, { as: bob.key })
        const unknown = yield* api("/sessions/01J9ZX8K2QHV0M3T6R7P4N5W8C/groups", { as: bob.key })
        expect(foreign.status).toBe(404)
        expect(foreign.text).toBe(unknown.text)
        expect(foreign.body).toEqual(sessionNotFound)
      }),
    )

    it.effect("needs the capability read", () =>
      Effect.gen(function* () {
        const { alice, groups } = yield* stage
        const sender = yield* keyOf(alice.organization, ["send", "manage"])
        expect((yield* api(groups, { as: sender })).status).toBe(403)
      }),
    )
  })

  describe("getGroup", () => {
    it.effect("answers the group, its address encoded or not", () =>
      Effect.gen(function* () {
        const { alice, family, groups } = yield* stage
        const bare = yield* api(`${groups}/${family.jid}`, { as: alice.key })
        const encoded = yield* api(`${groups}/${encodeURIComponent(family.jid)}`, { as: alice.key })
        expect(bare.body.subject).toBe("Family")
        expect(encoded.text).toBe(bare.text)
      }),
    )

    it.effect("answers 404 for a group that is not stored", () =>
      Effect.gen(function* () {
        const { alice, groups } = yield* stage
        const { body, status } = yield* api(`${groups}/120363999999999999@g.us`, { as: alice.key })
        expect([status, body]).toEqual([404, groupNotFound])
      }),
    )

    it.effect("names a malformed address", () =>
      Effect.gen(function* () {
        const { alice, groups } = yield* stage
        const { body, status } = yield* api(`${groups}/family`, { as: alice.key })
        expect(status).toBe(400)
        expect(body.error.details.fields).toEqual([
          { path: "gid", expected: "a WhatsApp group address, e.g. 120363021234567890@g.us" },
        ])
      }),
    )

    it.effect("tells another organization nothing", () =>
      Effect.gen(function* () {
        const { family, groups } = yield* stage
        const bob = yield* tenant()
        const { body, status } = yield* api(`${groups}/${family.jid}`, { as: bob.key })
        expect([status, body]).toEqual([404, sessionNotFound])
      }),
    )
  })

  describe("listGroupMembers", () => {
    it.effect("answers each member with role and tag", () =>
      Effect.gen(function* () {
        const { ada, alice, groups, session, team } = yield* stage
        const { body } = yield* eventually(
          api(`${groups}/${team.jid}/members`, { as: alice.key }),
          ({ body }) => body.data[1]?.tag === "Treasurer",
        )
        expect(body.nextCursor).toBe("")
        expect(body.data[1]).toEqual({
          firstSeenAt: expect.any(Number),
          groupJid: team.jid,
          id: expect.any(Number),
          lastSeenAt: expect.any(Number),
          lid: ada.lidJid,
          phoneJid: ada.pnJid,
          role: "member",
          sessionId: session,
          tag: "Treasurer",
        })
        expect(body.data[0].role).toBe("superadmin")
      }),
    )

    it.effect("answers 404 for a group that is not stored, and to another organization", () =>
      Effect.gen(function* () {
        const { alice, family, groups } = yield* stage
        const bob = yield* tenant()
        const unknown = yield* api(`${groups}/120363999999999999@g.us/members`, { as: alice.key })
        const foreign = yield* api(`${groups}/${family.jid}/members`, { as: bob.key })
        expect([unknown.status, unknown.body]).toEqual([404, groupNotFound])
        expect([foreign.status, foreign.body]).toEqual([404, sessionNotFound])
      }),
    )
  })

  describe("updateGroup", () => {
    const change = (path: string, as: string, json: unknown) =>
      api(path, { as, method: "PATCH", json })

    it.effect("changes WhatsApp, and the stored group shows it at once", () =>
      Effect.gen(function* () {
        const { alice, groups, team, whatsapp } = yield* stage
        const path = `${groups}/${team.jid}`
        const json = { subject: "Q3", description: "Launch", announce: true, locked: true }
        const { status, text } = yield* change(path, alice.key, json)
        expect([status, text]).toEqual([204, ""])
        const { body } = yield* api(path, { as: alice.key })
        expect(body).toMatchObject({
          subject: "Q3",
          description: "Launch",
          isAnnounce: true,
          isLocked: true,
        })
        expect(JSON.stringify(whatsapp.dump())).toContain('"subject":"Q3"')
      }),
    )

    it.effect("leaves what was not sent, and does nothing for an empty object", () =>
      Effect.gen(function* () {
        const { alice, groups, team } = yield* stage
        const path = `${groups}/${team.jid}`
        expect((yield* change(path, alice.key, {})).status).toBe(204)
        yield* change(path, alice.key, { announce: true })
        const { body } = yield* api(path, { as: alice.key })
        expect(body).toMatchObject({ subject: "Project Team", isAnnounce: true, isLocked: false })
      }),
    )

    it.effect("refuses null, empty subjects and fields that nobody knows, naming each", () =>
      Effect.gen(function* () {
        const { alice, groups, team } = yield* stage
        const json = { subject: "", announce: null, topic: "x" }
        const { body, status } = yield* change(`${groups}/${team.jid}`, alice.key, json)
        expect(status).toBe(400)
        expect(body.error.details.fields.map(({ path }: { path: string }) => path).sort()).toEqual([
          "announce",
          "subject",
          "topic",
        ])
      }),
    )

    it.effect("answers 403 where the account is not an admin", () =>
      Effect.gen(function* () {
        const { ada, alice, family, groups, whatsapp } = yield* stage
        yield* Effect.sync(() => whatsapp.as(ada).lock(family, true))
        const { body, status } = yield* change(`${groups}/${family.jid}`, alice.key, {
          subject: "Mine now",
        })
        expect(status).toBe(403)
        expect(body.error.details).toEqual({ reason: "not_group_admin" })
        expect(family.subject).toBe("Family")
      }),
    )

    it.effect("answers 501 while the session is not connected", () =>
      Effect.gen(function* () {
        const { alice, groups, me, team, whatsapp } = yield* stage
        yield* Effect.promise(() => whatsapp.goDown())
        yield* eventually(
          change(`${groups}/${team.jid}`, alice.key, { subject: "Q4" }),
          ({ status }) => status === 501,
        ).pipe(
          Effect.tap(({ body }) =>
            Effect.sync(() =>
              expect(body.error).toMatchObject({
                code: "not_implemented",
                details: { reason: "session_not_connected", status: "starting" },
              }),
            ),
          ),
          Effect.ensuring(Effect.promise(() => whatsapp.comeBack())),
        )
        expect(whatsapp.isOnline(me)).toBe(false)
      }),
    )

    it.effect("answers 404 to another organization, and WhatsApp hears nothing", () =>
      Effect.gen(function* () {
        const { groups, team, whatsapp } = yield* stage
        const bob = yield* tenant()
        const { body, status } = yield* change(`${groups}/${team.jid}`, bob.key, { subject: "x" })
        expect([status, body]).toEqual([404, sessionNotFound])
        expect(team.subject).toBe("Project Team")
        whatsapp.assertClean()
      }),
    )
  })

  it.effect("shows what another person renames within a second", () =>
    Effect.gen(function* () {
      const { ada, alice, family, groups, whatsapp } = yield* stage
      const renamed = performance.now()
      whatsapp.as(ada).rename(family, "Relatives")
      yield* eventually(
        api(`${groups}/${family.jid}`, { as: alice.key }),
        ({ body }) => body.subject === "Relatives",
      )
      expect(performance.now() - renamed).toBeLessThan(1000)
    }),
  )
})
