import { layer } from "@effect/vitest"
import { assertEquals, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import {
  GroupNotFound,
  NotGroupAdmin,
  NotGroupMember,
  Subject,
} from "../../../plugins/groups/Group.ts"
import { WhatsAppGroups } from "../../../plugins/groups/WhatsAppGroups.ts"
import { GroupJid } from "../../../src/domain/Jid.ts"
import { SessionOffline } from "../../../src/domain/Session.ts"
import { UpstreamRateLimited, UpstreamRefused } from "../../../src/domain/WhatsAppFailure.ts"
import { Sessions } from "../../../src/ports/Sessions.ts"
import * as Database from "../../support/Database.ts"
import { draft, linked, stage } from "../sessions/Stage.ts"

const subject = Subject.make("Renamed")

layer(Database.layer, { excludeTestServices: true })("BaileysGroups", (it) => {
  it.scoped("has the change acknowledged by WhatsApp, and stored, before it returns", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, seen, gateway } = yield* stage()
      const own = whatsapp.addGroup({ subject: "Own", owner: me, members: [bob] })
      const jid = GroupJid.make(own.jid)
      const last = () => seen.findLast((one) => one._tag === "GroupSeen" && one.jid === jid)
      yield* Effect.gen(function* () {
        const groups = yield* WhatsAppGroups
        const id = yield* linked(org, whatsapp, me)
        const shows = (change: Record<string, unknown>) =>
          deepStrictEqual({ ...last(), ...change }, { ...last() })
        yield* groups.rename(org, id, jid, subject)
        shows({ subject: "Renamed" })
        strictEqual(whatsapp.world.groups.get(own.jid)?.subject, "Renamed")
        yield* groups.describe(org, id, jid, "About us")
        shows({ description: "About us" })
        yield* groups.describe(org, id, jid, "About us all")
        shows({ description: "About us all" })
        yield* groups.describe(org, id, jid, "")
        shows({ description: "" })
        yield* groups.setAnnounce(org, id, jid, true)
        shows({ isAnnounce: true })
        yield* groups.setAnnounce(org, id, jid, false)
        shows({ isAnnounce: false })
        yield* groups.setLocked(org, id, jid, true)
        shows({ isLocked: true })
      }).pipe(Effect.provide(gateway))
      whatsapp.assertClean()
    }),
  )

  it.scoped("says who may not change a group", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, gateway } = yield* stage()
      const locked = whatsapp.addGroup({
        subject: "Locked",
        owner: bob,
        members: [me],
        locked: true,
      })
      const foreign = whatsapp.addGroup({ subject: "Foreign", owner: bob, members: [] })
      yield* Effect.gen(function* () {
        const groups = yield* WhatsAppGroups
        const id = yield* linked(org, whatsapp, me)
        const renaming = (jid: string) =>
          Effect.flip(groups.rename(org, id, GroupJid.make(jid), subject))
        assertEquals(yield* renaming(locked.jid), new NotGroupAdmin())
        assertEquals(yield* renaming(foreign.jid), new NotGroupMember())
        assertEquals(yield* renaming("120363999999999999@g.us"), new GroupNotFound())
        whatsapp.fault({ child: "subject", code: 429, text: "rate-overlimit" })
        assertEquals(
          yield* renaming(family.jid),
          new UpstreamRateLimited({ retryAfterSeconds: 60 }),
        )
        whatsapp.fault({ child: "subject", code: 419, text: "resource-limit" })
        const refused = yield* renaming(family.jid)
        assertTrue(refused instanceof UpstreamRefused)
        deepStrictEqual(refused.whatsapp, { code: 419, text: "resource-limit" })
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("reports success when only the look at the result failed, and looks again", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const groups = yield* WhatsAppGroups
        const id = yield* linked(org, whatsapp, me)
        whatsapp.fault({ child: "query", code: 500, text: "internal-server-error" })
        yield* groups.rename(org, id, GroupJid.make(family.jid), subject)
        yield* sight((one) => one._tag === "GroupSeen" && one.subject === "Renamed")
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("is offline while the session is", () =>
    Effect.gen(function* () {
      const { org, family, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const groups = yield* WhatsAppGroups
        const { id } = yield* (yield* Sessions).create(org, draft)
        assertEquals(
          yield* Effect.flip(groups.rename(org, id, GroupJid.make(family.jid), subject)),
          new SessionOffline({ status: "stopped" }),
        )
      }).pipe(Effect.provide(gateway))
    }),
  )
})
