import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ContactBook } from "../../../layers/contacts/ContactBook.ts"
import { ContactKeeper } from "../../../layers/contacts/ContactKeeper.ts"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { Sightings } from "../../../layers/Sightings.ts"
import { plugins } from "../../../plugins/index.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import * as Database from "../../support/Database.ts"
import type { Member } from "../../emulator/world/Group.ts"
import { eventually, linked, online, stage } from "../sessions/Stage.ts"

const Real = Sightings(plugins).pipe(
  Layer.provide([ContactBook, ContactKeeper.layer]),
  Layer.provide(EventLog),
)

/** Each group that the session is in, with its members. */
const stored = Effect.fn(function* (session: SessionId) {
  const sql = yield* SystemSql
  const rows = yield* sql<{ subject: string; members: ReadonlyArray<string> }>`
    SELECT g.subject, array_agg(c.lid || ' ' || m.role ORDER BY c.lid) AS members
    FROM groups g JOIN group_members m USING (group_id) JOIN contacts c USING (contact_id)
    WHERE g.session_id = ${session} AND g.left_at IS NULL AND m.left_at IS NULL
    GROUP BY g.group_id ORDER BY g.group_id`
  return rows.map(({ members, subject }) => [subject, ...members].join(", "))
})

const told = ([lid, { role }]: readonly [string, Member]) => `${lid}@lid ${role ?? "member"}`

/** How often the account asked for all of its groups. */
const listings = ({ received }: { readonly received: ReadonlyArray<{ readonly node: object }> }) =>
  received.filter(({ node }) => JSON.stringify(node).includes(`"participating"`)).length

layer(Database.layer, { excludeTestServices: true })("a lasting connection", (it) => {
  it.scoped("heals what no notification told, with the next reconciliation", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, gateway } = yield* stage({
        sightings: Real,
        reconcileEvery: 4_000,
      })
      const eve = whatsapp.addPerson({ name: "Eve" })
      const former = whatsapp.addGroup({ subject: "Former", owner: bob, members: [me] })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        const before = yield* stored(id)
        whatsapp.fault({ tag: "notification", type: "w:gp2", person: me, times: 100 })
        const as = whatsapp.as(bob)
        as.rename(family, "Untold")
        as.add(family, eve)
        as.promote(family, me)
        as.remove(former, me)
        as.createGroup("New", [me])
        // Longer than any notification takes.
        yield* Effect.sleep("400 millis")
        expect(yield* stored(id)).toEqual(before)

        const now = [...whatsapp.world.groups.values()]
          .filter(({ members }) => members.has(me.id))
          .map(({ members, subject }) => [subject, ...[...members].map(told).sort()].join(", "))
        yield* eventually(stored(id), (all) => JSON.stringify(all) === JSON.stringify(now))
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("does not ask again and again where WhatsApp asks for patience", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage({ reconcileEvery: 200 })
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        yield* online(whatsapp, me, true)
        const text = "rate-overlimit"
        whatsapp.fault({ child: "participating", code: 429, text, attrs: { backoff: "2" } })
        const refused = yield* eventually(
          Effect.sync(() => listings(whatsapp)),
          (count) => count > 1,
        )
        yield* Effect.sleep("1500 millis")
        expect(listings(whatsapp) - refused).toBeLessThanOrEqual(1)
      }).pipe(Effect.provide(gateway))
    }),
  )
})
