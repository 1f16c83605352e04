import { describe, expect, it } from "@effect/vitest"
import { decodeTime, isValid } from "ulid"
import { ulid } from "../../layers/Ulid.ts"

describe("ulid", () => {
  const ids = Array.from({ length: 20_000 }, () => ulid(1_700_000_000_000))

  it("never makes one twice, not even within a millisecond", () => {
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("tells the time it was made", () => {
    expect(ids.every((id) => isValid(id) && decodeTime(id) === 1_700_000_000_000)).toBe(true)
  })

  it("draws every letter about as often as any other", () => {
    const counts = new Map<string, number>()
    const letters = ids.map((id) => id.slice(10)).join("")
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(32)
    // 10,000 each; what is uniform strays by a few hundred at most.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(700)
  })
})
