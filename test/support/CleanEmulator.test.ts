import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue } from "@effect/vitest/utils"
import { Cause, Effect, Exit, Layer } from "effect"
import { cleanEmulator } from "./CleanEmulator.ts"
import { WhatsApp } from "./Gateway.ts"

const unknown = { tag: "iq", attrs: { xmlns: "w:unheard-of", type: "get" } }

const endOf = <A, E>(body: Effect.Effect<A, E>) =>
  Effect.map(Effect.exit(body), (exit) =>
    Exit.match(exit, { onFailure: Cause.pretty, onSuccess: () => "well" }),
  )

describe("an emulated WhatsApp of a test", () => {
  it.effect("fails the test that asked it for what it does not know, and stops", () =>
    Effect.gen(function* () {
      let url = ""
      const asking = Effect.map(cleanEmulator(), (emulator) => {
        url = emulator.controlUrl
        emulator.unsupported.push(unknown)
      })
      assertInclude(yield* endOf(Effect.scoped(asking)), "does not know: iq w:unheard-of get")
      const reached = yield* Effect.exit(Effect.tryPromise(() => fetch(url)))
      assertTrue(Exit.isFailure(reached))
    }),
  )

  it.effect("fails the tests that share it", () =>
    Effect.gen(function* () {
      const asking = Effect.map(WhatsApp, ({ unsupported }) => unsupported.push(unknown))
      const shared = Effect.scoped(Effect.provide(asking, Layer.fresh(WhatsApp.layer)))
      assertInclude(yield* endOf(shared), "does not know: iq w:unheard-of get")
    }),
  )
})
