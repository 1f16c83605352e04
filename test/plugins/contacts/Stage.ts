import { Context, Effect, Layer } from "effect"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import type { BinaryNode } from "../../emulator/wire/Nodes.ts"
import type { Group } from "../../emulator/world/Group.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, type Tenant, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"

/**
 * One linked account for a whole file. Ada is in two of its groups, carries a tag and has written to
 * it; it has saved Carl and written to him; Bea is only in a group; Dan is a stranger.
 */
export class Stage extends Context.Tag("test/contacts/Stage")<
  Stage,
  {
    readonly whatsapp: Emulator
    readonly alice: Tenant
    readonly bob: Tenant
    readonly me: Person
    readonly ada: Person
    readonly bea: Person
    readonly carl: Person
    readonly dan: Person
    readonly team: Group
    readonly family: Group
    readonly session: string
    /** A session of Alice's that is not connected. */
    readonly idle: string
    /** `/sessions/…/contacts` */
    readonly contacts: string
  }
>() {
  static readonly layer = Layer.effect(
    Stage,
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const [me, ada, bea, carl] = ["Me", "Ada", "Bea", "Carl"].map((name) =>
        whatsapp.addPerson({ name }),
      ) as [Person, Person, Person, Person]
      const team = whatsapp.addGroup({ subject: "Project Team", owner: me, members: [ada, bea] })
      const family = whatsapp.addGroup({ subject: "Family", owner: ada, members: [me] })
      yield* Effect.promise(() => whatsapp.as(ada).tag(team, "Treasurer"))
      yield* Effect.promise(() => whatsapp.as(me).addContact(carl, "Carl Öztürk"))
      const alice = yield* tenant()
      const bob = yield* tenant()
      const session = yield* linked(alice, me)
      const dan = whatsapp.addPerson({ name: "Dan" })
      const contacts = `/sessions/${session}/contacts`
      yield* Effect.promise(() => whatsapp.sendText(ada, me, "Hello"))
      yield* Effect.promise(() => whatsapp.sendText(me, carl, "Hi"))
      yield* eventually(
        api(`${contacts}?source=dm`, { as: alice.key }),
        ({ body }) => body.data.length === 2,
      )
      yield* eventually(
        api(`${contacts}/${carl.lidJid}`, { as: alice.key }),
        ({ body }) => body.identity?.name === "Carl Öztürk",
      )
      yield* eventually(api(`${contacts}/${ada.lidJid}`, { as: alice.key }), ({ body }) =>
        body.groups?.some(({ tag }: { tag: string }) => tag === "Treasurer"),
      )
      const { body: idle } = yield* api("/sessions", {
        as: alice.key,
        method: "POST",
        json: { start: false },
      })
      const people = { me, ada, bea, carl, dan }
      return { whatsapp, alice, bob, ...people, team, family, session, idle: idle.id, contacts }
    }),
  ).pipe(Layer.provideMerge(gateway()))
}

export const sessionNotFound = {
  error: { code: "not_found", message: "session not found", details: {} },
}
export const contactNotFound = {
  error: { code: "not_found", message: "contact not found", details: {} },
}

/** How often WhatsApp was asked such a thing. */
export const heard = (whatsapp: Emulator, isSuch: (node: BinaryNode) => boolean) =>
  whatsapp.received.filter(({ node }) => isSuch(node)).length
