import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SharedCaches } from "../../../layers/baileys/SharedCaches.ts"
import { SessionId } from "../../../src/domain/Session.ts"

const [one, other] = [SessionId.make("one"), SessionId.make("other")]

describe("SharedCaches", () => {
  it.effect("keep sessions apart, and forget one without the others", () =>
    Effect.gen(function* () {
      const { forget, of, size } = yield* SharedCaches
      for (const session of [one, other])
        for (const cache of Object.values(of(session))) void cache.set("62811", session)
      expect(of(one).userDevicesCache.get("62811")).toBe("one")
      expect(size()).toBe(6)
      forget(one)
      expect(size()).toBe(3)
      expect(of(one).userDevicesCache.get("62811")).toBeUndefined()
      expect(of(other).userDevicesCache.get("62811")).toBe("other")
    }).pipe(Effect.provide(SharedCaches.Default)),
  )
})
