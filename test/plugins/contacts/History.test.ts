import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"

layer(gateway(), { excludeTestServices: true, timeout: "60 seconds" })("direct chats", (it) => {
  it.effect("of the time before the number was linked come with the phone's history", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const me = whatsapp.addPerson({ name: "Me" })
      const [ada, bea, carl, dan] = ["Ada", "Bea", "Carl", "Dan"].map((name) =>
        whatsapp.addPerson({ name }),
      )
      whatsapp.addGroup({ subject: "Team", owner: me, members: [bea!] })
      yield* Effect.promise(() => whatsapp.sendText(ada!, me, "Hello"))
      yield* Effect.promise(() => whatsapp.sendText(me, carl!, "Hi"))
      const alice = yield* tenant()
      const session = yield* linked(alice, me)

      const direct = Effect.map(
        api(`/sessions/${session}/contacts?source=dm`, { as: alice.key }),
        ({ body }) =>
          body.data.map(({ lid, phoneJid }: { lid: string; phoneJid: string }) => [lid, phoneJid]),
      )
      const chats = yield* eventually(direct, ({ length }) => length === 2)
      expect(chats).toEqual([ada!, carl!].map(({ lidJid, pnJid }) => [lidJid, pnJid]))

      // And those of the time after that as they come.
      yield* Effect.promise(() => whatsapp.sendText(dan!, me, "Me too"))
      const more = yield* eventually(direct, ({ length }) => length === 3)
      expect(more.at(-1)).toEqual([dan!.lidJid, dan!.pnJid])
      const seen = yield* api(`/sessions/${session}/contacts/${bea!.lidJid}`, { as: alice.key })
      expect(seen.body.dm).toBe(false)
    }),
  )
})
