import { layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import type { BaileysEventMap, BinaryNode } from "../../../layers/baileys/Vendor.ts"
import * as Database from "../../support/Database.ts"
import { linked, stage } from "../sessions/Stage.ts"

const el = (tag: string, attrs: Record<string, string> = {}, content: Array<BinaryNode> = []) => ({
  tag,
  attrs,
  content,
})

const notice = (group: string, id: string, changes: Array<BinaryNode>) =>
  el("notification", { from: group, type: "w:gp2", id, t: "1", participant: "5555@lid" }, changes)

/** Notices of which the library says nothing, or not all. */
const silent: ReadonlyArray<readonly [string, Array<BinaryNode>]> = [
  ["modify", [el("modify", {}, [el("participant", { jid: "15550100099@s.whatsapp.net" })])]],
  ["link", [el("link", { link_type: "parent_group" }, [el("group", { jid: "1203630@g.us" })])]],
  ["unlink", [el("unlink", { unlink_type: "parent_group" })]],
  ["revoke", [el("revoke", {}, [el("participant", { jid: "5555@lid" })])]],
  ["growth_locked", [el("growth_locked", { type: "invite" })]],
  ["suspended", [el("suspended")]],
  ["revoke and a new subject, in one notice,", [el("revoke"), el("subject", { subject: "Told" })]],
]

type Told = keyof BaileysEventMap

layer(Database.layer, { excludeTestServices: true })("a notice of a group", (it) => {
  for (const [name, changes] of silent)
    it.scoped(`of ${name} has it fetched as it is now, though the library tells nothing`, () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          const told = yield* groupEvents(yield* linked(org, whatsapp, me), org)
          whatsapp.fault({ tag: "notification", type: "w:gp2", person: me })
          whatsapp.as(bob).rename(family, "Changed")
          whatsapp.push(me, notice(family.jid, "n1", changes))
          yield* sight((one) => one._tag === "GroupSeen" && one.subject === "Changed")
          deepStrictEqual(told, [])
        }).pipe(Effect.provide(gateway))
      }),
    )

  it.scoped("of its end has it left, though the library tells nothing", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const told = yield* groupEvents(yield* linked(org, whatsapp, me), org)
        whatsapp.push(me, notice(family.jid, "n2", [el("delete")]))
        yield* sight((one) => one._tag === "GroupLeft" && one.jid === family.jid)
        deepStrictEqual(told, [])
      }).pipe(Effect.provide(gateway))
    }),
  )
})

/** The events about groups that the library emits from now on. */
const groupEvents = Effect.fn(function* (
  session: Parameters<Sockets["get"]>[1],
  org: Parameters<Sockets["get"]>[0],
) {
  const { socket } = yield* (yield* Sockets).get(org, session)
  const told: Array<Told> = []
  for (const name of ["groups.update", "groups.upsert", "group-participants.update"] as const)
    socket.library.ev.on(name, () => void told.push(name))
  return told
})
