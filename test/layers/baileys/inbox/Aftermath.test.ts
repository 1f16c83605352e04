import { layer } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { InboxRows } from "../../../../layers/baileys/inbox/InboxRows.ts"
import { OwnerSql, SystemSql } from "../../../../layers/Postgres.ts"
import * as Database from "../../../support/Database.ts"
import { eventually, linked, online, stage, standing } from "../../sessions/Stage.ts"

layer(Database.layer, { excludeTestServices: true })("What a killed process left behind", (it) => {
  /** As if nobody had taken anything in. */
  const reopen = Effect.fn(function* (session: string) {
    const sql = yield* SystemSql
    yield* sql`UPDATE inbox SET taken_at = NULL WHERE session_id = ${session}`
  })

  it.scoped(
    "is done again: the phone's keys and history",
    () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, gateway } = yield* stage()
        const sql = yield* SystemSql
        const bootstrapped = eventually(
          Effect.sync(() => whatsapp.settled(me).filter(({ tag }) => tag === "message").length),
          (count) => count >= 4,
        )
        const id = yield* linked(org, whatsapp, me).pipe(
          Effect.zipLeft(bootstrapped),
          Effect.provide(gateway),
        )
        yield* online(whatsapp, me, false)
        // As if the process had died right after the receipts.
        yield* sql`DELETE FROM session_keys
          WHERE session_id = ${id} AND type = 'app-state-sync-key'`
        yield* reopen(id)
        const keys = sql`SELECT 1 FROM session_keys
          WHERE session_id = ${id} AND type = 'app-state-sync-key'`
        yield* Effect.gen(function* () {
          yield* standing(org, id, "working")
          yield* eventually(keys, (found) => found.length === 1)
        }).pipe(Effect.provide(gateway))
      }),
    60_000,
  )

  it.scoped(
    "is told again: a change of a group",
    () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, bob, gateway, sight } = yield* stage()
        const club = whatsapp.addGroup({
          subject: "Club",
          owner: me,
          members: [bob],
          approval: true,
        })
        const sql = yield* SystemSql
        const hash = "ab".repeat(32)
        const rows = yield* Effect.provide(InboxRows, InboxRows.Default)
        const id = yield* Effect.provide(linked(org, whatsapp, me), gateway)
        yield* online(whatsapp, me, false)
        const asks = {
          tag: "notification",
          attrs: { from: club.jid, type: "w:gp2", id: "1", participant: bob.lidJid },
          content: [{ tag: "created_membership_requests", attrs: {} }],
        }
        yield* rows.insert(org, id, hash, { kind: "stanza", stanza: asks })
        yield* Effect.gen(function* () {
          yield* standing(org, id, "working")
          yield* sight((one) => one._tag === "JoinRequestsSeen" && one.group === club.jid)
          yield* eventually(
            sql`SELECT 1 FROM inbox WHERE hash = decode(${hash}, 'hex') AND taken_at IS NOT NULL`,
            (found) => found.length === 1,
          )
        }).pipe(Effect.provide(gateway))
      }),
    60_000,
  )
})

layer(Database.layer, { excludeTestServices: true })("A store that fails", (it) => {
  it.scoped(
    "has the line cut instead of a message refused, which comes again",
    () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, bob, family, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          const id = yield* linked(org, whatsapp, me)
          yield* Effect.promise(() => whatsapp.sendText(bob, me, "before"))
          const fault = yield* brokenInbox(id)
          const direct = yield* Effect.promise(() => whatsapp.sendText(bob, me, "during"))
          const group = yield* Effect.promise(() => whatsapp.sendText(bob, family, "during too"))
          yield* online(whatsapp, me, false)
          yield* fault.mend
          yield* eventually(
            Effect.sync(() => whatsapp.unsettled(me).length),
            (left) => left === 0,
          )
          const hows = whatsapp
            .settled(me)
            .filter((one) => one.id === direct || one.id === group)
            .map(({ how }) => how)
          deepStrictEqual(new Set(hows), new Set(["receipt:inactive"]))
          strictEqual(hows.length, 2)
        }).pipe(Effect.provide(gateway))
      }),
    60_000,
  )
})

/** Until it is mended, nothing more goes into the session's inbox. */
const brokenInbox = Effect.fn(function* (session: string) {
  const sql = yield* OwnerSql
  yield* sql.unsafe(
    `ALTER TABLE inbox ADD CONSTRAINT broken CHECK (session_id <> '${session}') NOT VALID`,
  )
  return { mend: Effect.orDie(sql`ALTER TABLE inbox DROP CONSTRAINT broken`) }
})
