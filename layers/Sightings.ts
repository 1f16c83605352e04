import { SqlClient } from "@effect/sql"
import { Effect, Layer } from "effect"
import type { AnyPlugin } from "../src/Plugin.ts"
import { Sightings as SightingsPort } from "../src/ports/Sightings.ts"
import { Tenancy } from "../src/ports/Tenancy.ts"
import { CurrentFence } from "./sessions/CurrentFence.ts"
import { SessionMeters } from "./metrics/SessionMeters.ts"
import { Acquaintances } from "./contacts/Acquaintances.ts"
import { ContactKeeper } from "./contacts/ContactKeeper.ts"

/** Stores what sessions are told: first who is who, then what every plugin keeps, in one commit. */
export const Sightings = (plugins: ReadonlyArray<AnyPlugin>) =>
  Layer.effect(
    SightingsPort,
    Effect.gen(function* () {
      const stores = yield* Effect.forEach(plugins, ({ name, stores }) =>
        Effect.map(stores, (to) => ({ name, to })),
      )
      const sql = yield* SqlClient.SqlClient
      const tenancy = yield* Tenancy
      const keeper = yield* ContactKeeper
      const meters = yield* SessionMeters

      const inEvery = (keep: (to: (typeof stores)[number]["to"]) => Effect.Effect<void>) =>
        Effect.forEach(stores, ({ name, to }) => Effect.annotateLogs(keep(to), "plugin", name), {
          discard: true,
        })

      const store: SightingsPort["Type"]["store"] = (organization, session, sightings) =>
        Effect.gen(function* () {
          // Two batches of one session would meet the same strangers at once.
          yield* sql`
            SELECT pg_advisory_xact_lock(hashtextextended(${session}, 0)),
              require_lease(${session}, ${yield* CurrentFence}::bigint)`
          const kept = yield* keeper.keep(organization, session, sightings, (merges) =>
            inEvery((to) => to.merge(organization, session, merges)),
          )
          yield* inEvery((to) => to.store(organization, session, kept.sightings)).pipe(
            Effect.provideService(Acquaintances, kept.acquaintances),
          )
        }).pipe(
          Effect.orDie,
          tenancy.within(organization),
          Effect.tap(() => {
            meters.of(organization, session).stored += sightings.length
          }),
        )

      return { store }
    }),
  )
