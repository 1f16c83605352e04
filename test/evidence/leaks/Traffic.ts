import { Effect } from "effect"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import type { Linked } from "../R11/Fleet.ts"
import { poison } from "../R13/Poison.ts"

/** What makes a session collect things: a message, one that does not open, and its receipts. */
export const bother = ({ person }: Linked) =>
  Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const [friend, stranger] = [whatsapp.addPerson(), whatsapp.addPerson()]
    const unreadable = poison(stranger)
    whatsapp.push(person, unreadable)
    const id = yield* Effect.promise(() => whatsapp.sendText(friend, person, "hello"))
    const ids = [unreadable.attrs.id, id]
    yield* eventually(
      Effect.sync(() => whatsapp.settled(person).map((one) => one.id)),
      (settled) => ids.every((one) => settled.includes(one)),
    )
  })
