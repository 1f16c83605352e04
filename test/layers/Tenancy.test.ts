import { layer } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Fiber } from "effect"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import { alice, bob, countOf, deathOf, Notes, notesOfBoth, owners, write } from "./Notes.ts"

layer(Notes, { excludeTestServices: true })("Tenancy.within", (it) => {
  it.effect("undoes everything when the work fails", () =>
    Effect.gen(function* () {
      const { system, within } = yield* notesOfBoth
      const failure = yield* Effect.flip(
        within(alice)(Effect.zipRight(write(alice), Effect.fail("no"))),
      )
      strictEqual(failure, "no")
      deepStrictEqual(yield* owners(system), [alice, bob])
    }),
  )

  it.effect("undoes only the inner work when that fails inside the same organization", () =>
    Effect.gen(function* () {
      const { system, within } = yield* notesOfBoth
      const inner = Effect.ignore(within(alice)(Effect.zipRight(write(alice), Effect.fail("no"))))
      yield* within(alice)(Effect.zipRight(inner, write(alice)))
      deepStrictEqual(yield* owners(system), [alice, alice, bob])
    }),
  )

  it.effect(
    "lets a statement join the transaction, with nothing to go back to where it fails",
    () =>
      Effect.gen(function* () {
        const { app, system } = yield* notesOfBoth
        const { joining, within } = yield* Tenancy
        yield* within(alice)(Effect.zipRight(joining(alice)(write(alice)), Effect.fail("no"))).pipe(
          Effect.ignore,
        )
        strictEqual(yield* countOf(system), 2)
        const broken = Effect.ignore(joining(alice)(app`SELECT 1 / 0`))
        const exit = yield* Effect.exit(within(alice)(Effect.zipRight(broken, write(alice))))
        assertTrue(Exit.isFailure(exit))
        strictEqual(yield* countOf(system), 2)
      }),
  )

  it.effect("gives a statement that joins nobody a transaction of its own", () =>
    Effect.gen(function* () {
      const { system } = yield* notesOfBoth
      const { joining, within } = yield* Tenancy
      yield* joining(alice)(write(alice))
      deepStrictEqual(yield* owners(system), [alice, alice, bob])
      assertInclude(String(yield* deathOf(within(alice)(joining(bob)(write(bob))))), "another")
    }),
  )

  it.effect("dies when work for one organization contains work for another", () =>
    Effect.gen(function* () {
      const { within } = yield* notesOfBoth
      assertInclude(String(yield* deathOf(within(alice)(within(bob)(Effect.void)))), "another")
    }),
  )

  it.effect("keeps the system's statements out of the tenant's transaction, and the reverse", () =>
    Effect.gen(function* () {
      const { app, system, within } = yield* notesOfBoth
      deepStrictEqual(yield* within(alice)(owners(system)), [alice, bob])
      deepStrictEqual(yield* system.withTransaction(owners(app)), [])
      deepStrictEqual(yield* system.withTransaction(within(bob)(owners(app))), [bob])
    }),
  )

  it.effect("gives fibers that outlive the transaction no statement on its connection", () =>
    Effect.gen(function* () {
      const { app, within } = yield* notesOfBoth
      const late = Effect.delay(owners(app), "50 millis")
      const fiber = yield* within(alice)(Effect.forkDaemon(late))
      assertInclude(
        String(yield* deathOf(Fiber.join(fiber))),
        "the transaction of this statement is over",
      )
      const again = Effect.delay(within(bob)(owners(app)), "50 millis")
      const next = yield* within(alice)(Effect.forkDaemon(again))
      deepStrictEqual(yield* Fiber.join(next), [bob])
    }),
  )
})
