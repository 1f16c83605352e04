import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Pg from "pg"
import { inject } from "vitest"
import { OwnerSql } from "../../../layers/Postgres.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, tenant, WhatsApp } from "../../support/Gateway.ts"
import { send } from "../../support/Http.ts"
import { look } from "./Stage.ts"

/** Lets nobody into the database of the gateway, and throws out whoever is in it. */
const closed = Effect.flatMap(OwnerSql, (sql) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const [found] = yield* sql<{ name: string }>`SELECT current_database() AS name`
      const client = new Pg.Client(inject("databaseUrl"))
      yield* Effect.promise(() => client.connect())
      yield* Effect.promise(async () => {
        await client.query(`ALTER DATABASE ${found!.name} ALLOW_CONNECTIONS false`)
        await client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
          [found!.name],
        )
      })
      return { client, name: found!.name }
    }),
    ({ client, name }) =>
      Effect.promise(async () => {
        await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
        await client.end()
      }),
  ),
)

layer(gateway(), { excludeTestServices: true })("an outage of the database", (it) => {
  it.effect(
    "lets go of every session in time, and is followed by all of them, unasked",
    () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const whatsapp = yield* WhatsApp
        const me = whatsapp.addPerson()
        const id = yield* linked(alice, me)
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* closed
            // Another process might believe by now that this one is dead.
            yield* eventually(
              Effect.sync(() => whatsapp.isOnline(me)),
              (isOnline) => !isOnline,
            )
            expect((yield* send("/health/live")).status).toBe(200)
          }),
        )
        const back = yield* eventually(
          look(alice, id),
          (session) => session?.status === "working" && whatsapp.isOnline(me),
        )
        expect(back.id).toBe(id)
        expect(me.companions.size).toBe(1)
      }),
    60_000,
  )
})
