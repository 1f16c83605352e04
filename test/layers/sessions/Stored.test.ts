import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Layer } from "effect"
import { ContactBook } from "../../../layers/contacts/ContactBook.ts"
import { ContactKeeper } from "../../../layers/contacts/ContactKeeper.ts"
import { EventLog } from "../../../layers/EventLog.ts"
import { SystemSql } from "../../../layers/Postgres.ts"
import { Sightings } from "../../../layers/Sightings.ts"
import { plugins } from "../../../plugins/index.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import { Sessions } from "../../../src/ports/Sessions.ts"
import * as Database from "../../support/Database.ts"
import { eventually, linked, stage, standing } from "./Stage.ts"

const Real = Sightings(plugins).pipe(
  Layer.provide([ContactBook, ContactKeeper.layer]),
  Layer.provide(EventLog),
)

/** The stored group as it is, without the times at which it was seen. */
const stored = Effect.fn(function* (session: SessionId) {
  const sql = yield* SystemSql
  return yield* sql<{ subject: string; members: ReadonlyArray<unknown> }>`
    SELECT g.subject, (
      SELECT json_agg(json_build_array(c.lid, c.phone_jid, m.role, m.tag) ORDER BY m.role DESC)
      FROM group_members m JOIN contacts c USING (contact_id)
      WHERE m.group_id = g.group_id AND m.left_at IS NULL) AS members
    FROM groups g WHERE g.session_id = ${session} AND g.left_at IS NULL`
})

layer(Database.layer, { excludeTestServices: true })("What a session sees", (it) => {
  it.scoped("is stored, and stored again leaves no trace", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, gateway } = yield* stage({ sightings: Real })
      yield* Effect.promise(() => whatsapp.as(bob).tag(family, "Uncle"))
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        const expected = [
          {
            subject: "Family",
            members: [
              [bob.lidJid, bob.pnJid, "superadmin", "Uncle"],
              [me.lidJid, me.pnJid, "member", ""],
            ],
          },
        ]
        yield* eventually(stored(id), ([group]) => JSON.stringify(group).includes("Uncle"))
        deepStrictEqual(yield* stored(id), expected)
        whatsapp.kick(me, "drop")
        yield* standing(org, id, "starting")
        yield* standing(org, id, "working")
        deepStrictEqual(yield* stored(id), expected)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("is in the database within a second of somebody else's change", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, gateway } = yield* stage({ sightings: Real })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        const rename = Effect.sync(() => whatsapp.as(bob).rename(family, "Cousins"))
        const isStored = eventually(stored(id), ([group]) => group?.subject === "Cousins")
        const [took] = yield* Effect.timed(Effect.zipRight(rename, isStored))
        yield* Effect.logInfo("renamed by somebody else, stored after", Duration.format(took))
        assertTrue(Duration.lessThan(took, "1 second"))
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("goes with the session", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage({ sightings: Real })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        yield* (yield* Sessions).remove(org, id)
        strictEqual((yield* stored(id)).length, 0)
      }).pipe(Effect.provide(gateway))
    }),
  )
})
