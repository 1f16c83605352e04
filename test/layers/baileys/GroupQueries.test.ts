import { layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import * as Database from "../../support/Database.ts"
import { eventually, groupsAreDirty, linked, stage } from "../sessions/Stage.ts"

layer(Database.layer, { excludeTestServices: true })("fetchGroups", (it) => {
  it.scoped("does not believe a single answer that the account is in no group", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, family, seen, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        const asked = () =>
          whatsapp.received.filter(({ node }) => JSON.stringify(node).includes(`"participating"`))
        const before = asked().length
        seen.length = 0
        whatsapp.fault({ child: "participating", drop: true })
        whatsapp.push(me, groupsAreDirty)
        const [first] = yield* eventually(
          Effect.sync(() => asked().slice(before)),
          (questions) => questions.length > 0,
        )
        const attrs = { type: "result", from: "g.us", id: first?.node.attrs["id"] ?? "" }
        whatsapp.push(me, {
          tag: "iq",
          attrs,
          content: [{ tag: "groups", attrs: {}, content: [] }],
        })
        const listed = yield* eventually(
          Effect.sync(() => seen.filter((one) => one._tag === "GroupsListed")),
          ({ length }) => length > 0,
        )
        deepStrictEqual(listed, [{ _tag: "GroupsListed", jids: [GroupJid.make(family.jid)] }])
        deepStrictEqual(asked().length - before, 2)
      }).pipe(Effect.provide(gateway))
    }),
  )
})
