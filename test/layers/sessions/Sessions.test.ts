import { layer } from "@effect/vitest"
import { assertEquals, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { isDeepStrictEqual } from "node:util"
import { Connector } from "../../../layers/sessions/Connector.ts"
import { SessionNotFound } from "../../../src/domain/Session.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { AlreadyPaired, QrNotReady, Sessions } from "../../../src/ports/Sessions.ts"
import * as Database from "../../support/Database.ts"
import { draft, eventually, linked, online, organization, stage, standing } from "./Stage.ts"

layer(Database.layer, { excludeTestServices: true })("Sessions", (it) => {
  it.scoped("links a number by the code that its owner scans", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      const session = yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        return yield* (yield* Sessions).get(org, id)
      }).pipe(Effect.provide(gateway))
      const { status, phoneNumber, waJid, waLid } = session
      deepStrictEqual([status, phoneNumber], ["working", me.pn])
      deepStrictEqual([waJid, waLid] as ReadonlyArray<string | null>, [me.pnJid, me.lidJid])
      assertTrue((session.lastConnectedAt ?? 0) > session.createdAt)
      whatsapp.assertClean()
    }),
  )

  it.scoped("stores groups with their members, tags, and people with their names", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, seen, sight, gateway } = yield* stage()
      yield* Effect.promise(() => whatsapp.as(bob).tag(family, "Uncle"))
      yield* Effect.promise(() => whatsapp.as(me).addContact(bob, "Robert"))
      const person = { lid: bob.lidJid, phoneJid: bob.pnJid }
      const group = {
        _tag: "GroupSeen",
        jid: family.jid,
        subject: "Family",
        description: "",
        owner: person,
        createdAtWa: Number(family.createdAt) * 1000,
        isAnnounce: false,
        isLocked: false,
        settings: { joinApproval: false, memberAddMode: "admins", disappearingSeconds: 0 },
        members: [
          { ...person, role: "superadmin" },
          { lid: me.lidJid, phoneJid: me.pnJid, role: "member" },
        ],
      }
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        yield* sight((one) => isDeepStrictEqual(one, group))
        yield* sight((one) => isDeepStrictEqual(one, { _tag: "GroupsListed", jids: [family.jid] }))
        yield* sight((one) => one._tag === "MemberTagged" && one.tag === "Uncle")
        yield* sight(names(person, { savedName: "Robert" }))
        yield* sight(names(person, { pushName: "Bob" }))
      }).pipe(Effect.provide(gateway))
      const firstOf = (tag: Sighting["_tag"]) => seen.findIndex(({ _tag }) => _tag === tag)
      assertTrue(firstOf("GroupSeen") < firstOf("MemberTagged"))
    }),
  )

  it.scoped("is online again after a restart, without another scan", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      const id = yield* Effect.provide(linked(org, whatsapp, me), gateway)
      yield* online(whatsapp, me, false)
      yield* Effect.gen(function* () {
        yield* online(whatsapp, me, true)
        yield* standing(org, id, "working")
      }).pipe(Effect.provide(gateway))
      strictEqual(me.companions.size, 1)
    }),
  )

  it.scoped("gives no code for a number that is linked", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const id = yield* linked(org, whatsapp, me)
        assertEquals(yield* Effect.flip(sessions.qr(org, id)), new AlreadyPaired())
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("has no code while WhatsApp can not be reached", () =>
    Effect.gen(function* () {
      const { whatsapp, org, gateway } = yield* stage()
      yield* Effect.promise(() => whatsapp.stop())
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const { id } = yield* sessions.create(org, draft)
        assertEquals(yield* Effect.flip(sessions.qr(org, id)), new QrNotReady())
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("stops when nobody scans, and pairs anew when asked for a code", () =>
    Effect.gen(function* () {
      const { org, gateway } = yield* stage({ qrTimeout: 400 })
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const { id } = yield* sessions.create(org, draft)
        const first = yield* sessions.qr(org, id)
        yield* standing(org, id, "stopped")
        const second = yield* sessions.qr(org, id)
        assertTrue(second.code !== first.code)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("removes the session, what was stored about it, and the device on the phone", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const id = yield* linked(org, whatsapp, me)
        yield* sessions.remove(org, id)
        assertEquals(yield* Effect.flip(sessions.get(org, id)), new SessionNotFound())
        strictEqual(yield* (yield* Connector).isPaired(org, id), false)
        strictEqual(me.companions.size, 0)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("shows nothing of a session to another organization", () =>
    Effect.gen(function* () {
      const { org, gateway } = yield* stage()
      const other = yield* organization
      yield* Effect.gen(function* () {
        const sessions = yield* Sessions
        const { id } = yield* sessions.create(org, draft)
        for (const ask of [sessions.get, sessions.remove, sessions.qr])
          assertEquals(yield* Effect.flip(ask(other, id)), new SessionNotFound())
        deepStrictEqual(yield* sessions.list(other), [])
        const own = yield* eventually(sessions.list(org), (list) => list.length > 0)
        const { runtime, ...stored } = yield* sessions.get(org, id)
        deepStrictEqual(own, [stored])
        strictEqual(runtime?.reconnects, 0)
      }).pipe(Effect.provide(gateway))
    }),
  )
})

type Names = { readonly savedName: string } | { readonly pushName: string }

/** The library may tell more than one name at once, and of a person by either address. */
const names = (person: object, told: Names) => (one: Sighting) =>
  one._tag === "ContactSeen" &&
  isDeepStrictEqual({ ...person, ...one.person }, person) &&
  isDeepStrictEqual({ ...one, ...told }, one)
