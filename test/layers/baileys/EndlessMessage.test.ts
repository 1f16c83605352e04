import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import * as Database from "../../support/Database.ts"
import { eventually, linked, stage, standing } from "../sessions/Stage.ts"

const megabyte = 1024 * 1024

layer(Database.layer, { excludeTestServices: true })("a message that never ends", (it) => {
  for (const [bytes, most] of [
    [megabyte, 32 * megabyte],
    [1, megabyte],
  ] as const)
    it.scoped(
      `in fragments of ${bytes} bytes ends its connection soon, and the session is back`,
      () =>
        Effect.gen(function* () {
          const { whatsapp, org, me, gateway } = yield* stage()
          yield* Effect.gen(function* () {
            const id = yield* linked(org, whatsapp, me)
            const taken = yield* Effect.promise(() => whatsapp.babble(me, bytes))
            assertTrue(taken > 0 && taken < most, `${taken} bytes were taken`)
            const { runtime } = yield* eventually(
              standing(org, id, "working"),
              ({ runtime }) => runtime?.lastError?.reason === "lost",
            )
            deepStrictEqual(runtime?.reconnects, 1)
          }).pipe(Effect.provide(gateway))
        }),
    )
})
