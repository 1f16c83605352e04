import { Effect, Schedule } from "effect"
import { SystemSql } from "../../layers/Postgres.ts"
import type { Person } from "../emulator/people/Person.ts"
import { linked, tenant, WhatsApp } from "../support/Gateway.ts"
import { api } from "../support/Http.ts"
import { onGateway } from "./Gateways.ts"
import { attacks, nastyMessages, nastyTexts } from "./S12/Attacks.ts"
import { differences, stateOf } from "./S12/State.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** Everything the account was sent is stored, or was nothing to store: letters are taken in their order. */
const settled = (me: Person, session: string) =>
  Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const sql = yield* SystemSql
    // What a phone tells a new device comes first, and is only let go of after a while.
    const last = sql<{ taken: boolean }>`
      SELECT taken_at IS NOT NULL AS taken FROM inbox
      WHERE session_id = ${session} ORDER BY position DESC LIMIT 1`
    const isSettled = last.pipe(
      Effect.map(([row]) => row?.taken !== false && whatsapp.unsettled(me).length === 0),
    )
    yield* isSettled.pipe(
      Effect.repeat({ until: (is) => is, schedule: Schedule.spaced("20 millis") }),
      Effect.timeoutFail({ duration: "45 seconds", onTimeout: () => new Error("never settled") }),
      Effect.orDie,
    )
  })

/** Whoever attacks is a stranger who shares a group with the account; in the control, its own phone. */
const besiege = (times: number, isOwn: boolean): Promise<Outcome> =>
  onGateway(
    Effect.gen(function* () {
      const tally = new Tally()
      const whatsapp = yield* WhatsApp
      const [me, bob, stranger] = ["Me", "Bob", "Mallory"].map((name) =>
        whatsapp.addPerson({ name }),
      ) as [Person, Person, Person]
      const group = whatsapp.addGroup({ subject: "Us", owner: bob, members: [me, stranger] })
      const attacker = isOwn ? me : stranger
      const owner = yield* tenant()
      const session = yield* linked(owner, me)
      const send = (from: Person, to: Parameters<typeof whatsapp.send>[1], message: object) =>
        Effect.promise(() => whatsapp.send(from, to, message))

      yield* send(stranger, me, { conversation: "hello" })
      yield* send(stranger, group, { conversation: "hello all" })
      const bobs = yield* send(bob, group, { conversation: "from Bob" })
      const mine = yield* send(me, group, { conversation: "from me" })
      yield* settled(me, session)
      const look = stateOf(session, stranger, [me, bob])
      let before = yield* look

      const victims = { attacker: stranger, bob, bobs, me, mine }
      for (let nth = 0; nth < times; nth += 1)
        for (const { message, name } of attacks(victims))
          for (const to of isOwn ? [me] : [me, group]) {
            yield* send(attacker, to, message)
            yield* settled(me, session)
            const after = yield* look
            tally.tried(`${name} ${"members" in to ? "in a group" : "directly"}`, [
              ...differences(before, after),
            ])
            before = after
          }
      if (isOwn) return tally.outcome()

      for (const attrs of impostures(stranger, bob, group.jid, bobs)) {
        const forged = { conversation: "forged" }
        const [device] = me.companions.values()
        yield* Effect.promise(() =>
          whatsapp.server.mail.deliver(device!, stranger, forged, { type: "text", ...attrs }),
        )
        yield* settled(me, session)
        tally.tried(`an imposture as ${attrs.id}`, differences(before, yield* look))
      }

      for (const text of nastyTexts) {
        stranger.profile.name = text
        yield* send(stranger, me, { conversation: text })
      }
      for (const { message } of nastyMessages) yield* send(stranger, me, message)
      yield* settled(me, session)
      tally.tried("nasty texts", differences(before, yield* look))
      yield* alive(tally, session, owner.key, bob, me)
      return tally.outcome({ attacks: attacks(victims).length })
    }),
  )

/** What looks as if it came from somebody else, or takes an id that is taken. */
const impostures = (stranger: Person, bob: Person, group: string, taken: string) => [
  { id: "SPOOFED1", from: stranger.pnJid, sender_lid: stranger.lidJid, participant: bob.pnJid },
  { id: "SPOOFED2", from: stranger.lidJid, sender_pn: stranger.pnJid, participant: bob.lidJid },
  {
    id: taken,
    from: group,
    participant: stranger.lidJid,
    participant_pn: stranger.pnJid,
    addressing_mode: "lid",
  },
]

/** It still works, answers well, and has set nothing aside. */
const alive = Effect.fn(function* (
  tally: Tally,
  session: string,
  key: string,
  bob: Person,
  me: Person,
) {
  const whatsapp = yield* WhatsApp
  const sql = yield* SystemSql
  const last = yield* Effect.promise(() => whatsapp.sendText(bob, me, "still there?"))
  yield* settled(me, session)
  const rows = yield* sql`SELECT 1 FROM messages WHERE wa_message_id = ${last}`
  tally.tried("the next message", rows.length === 1 ? [] : ["is not stored"])
  const contacts = yield* api(`/sessions/${session}/contacts`, { as: key })
  tally.tried("the contacts", contacts.status === 200 ? [] : [`answer ${contacts.status}`])
  const names = contacts.body.data.map(({ name }: { readonly name: string }) => name).join("")
  const cleaned = !/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(names)
  tally.tried("the names", cleaned ? [] : ["carry control characters"])
  const problems = yield* sql<{ problem: string }>`
    SELECT problem FROM inbox WHERE session_id = ${session} AND problem IS NOT NULL`
  tally.tried(
    "the inbox",
    problems.map(({ problem }) => problem),
  )
})

const run = ({ form }: Trial) => besiege(form === "full" ? 6 : 1, false)

/** The same from the account's own phone, which may say all of it. */
const control = () => besiege(1, true)

export const S12: Row = {
  promise: "a hostile peer changes nothing but what is its own",
  run,
  control,
}
