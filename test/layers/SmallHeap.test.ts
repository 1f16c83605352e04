import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { setTimeout as sleep } from "node:timers/promises"
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { SmallHeap } from "../../layers/SmallHeap.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** In MB. */
const holes = () => {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")!
  return (old.space_size - old.space_used_size) / 2 ** 20
}

/** Of many objects that live for a while one in four stays. */
const scatter = () => {
  const many = Array.from({ length: 200_000 }, () => Array.from({ length: 100 }, () => 0))
  collect()
  return many.filter((_, nth) => nth % 4 === 0)
}

/** Collects three times, with so many milliseconds in between in which the process does so much. */
const afterCollections = (between: () => Promise<unknown>) =>
  Effect.promise(async () => {
    const kept = scatter()
    for (let times = 0; times < 3; times += 1) {
      await sleep(20)
      await between()
      collect()
    }
    return { holes: holes(), kept: kept.length }
  })

const idle = () => sleep(300)

const busy = async () => {
  for (const until = performance.now() + 300; performance.now() < until;);
}

describe("SmallHeap", () => {
  it.scopedLive("closes the holes of a heap that is left alone", () =>
    Effect.gen(function* () {
      yield* Layer.build(SmallHeap)
      expect((yield* afterCollections(idle)).holes).toBeLessThan(20)
    }),
  )

  it.scopedLive("leaves them while the process works", () =>
    Effect.gen(function* () {
      yield* Layer.build(SmallHeap)
      expect((yield* afterCollections(busy)).holes).toBeGreaterThan(32)
    }),
  )

  it.live("without it they stay", () =>
    Effect.gen(function* () {
      expect((yield* afterCollections(idle)).holes).toBeGreaterThan(32)
    }),
  )
})
