import { describe, expect, it } from "@effect/vitest"
import { SharedEntries } from "../../../layers/baileys/SharedEntries.ts"

describe("SharedEntries", () => {
  it("are one owner's, and go without the others'", () => {
    const entries = new SharedEntries<string>({ max: 10 })
    const [one, other] = [entries.of("1"), entries.of("11")]
    one.set("a", "one's")
    one.set("b", "one's")
    other.set("a", "other's")
    one.clear()
    expect([one.get("a"), one.get("b"), other.get("a")]).toEqual([undefined, undefined, "other's"])
    expect([entries.size, entries.owners]).toEqual([1, 1])
  })

  it("are bounded for all owners together, and so is what is known of who has which", () => {
    const entries = new SharedEntries<number>({ max: 10 })
    for (let n = 0; n < 1_000; n += 1) entries.of(String(n % 100)).set(String(n), n)
    expect(entries.size).toBe(10)
    expect(entries.owners).toBe(10)
    for (let n = 0; n < 100; n += 1) entries.of(String(n)).clear()
    expect([entries.size, entries.owners]).toEqual([0, 0])
  })

  it("keep an owner's key that is set again", () => {
    const entries = new SharedEntries<number>({ max: 10 })
    const one = entries.of("1")
    one.set("a", 1)
    one.set("a", 2)
    expect(one.get("a")).toBe(2)
    one.delete("a")
    expect(entries.owners).toBe(0)
  })

  it("of one owner go fast among many of others", () => {
    const entries = new SharedEntries<number>({ max: 50_000 })
    for (let n = 0; n < 50_000; n += 1) entries.of(String(n % 200)).set(String(n), n)
    const started = performance.now()
    for (let n = 1_000; n < 1_200; n += 1) entries.of(String(n)).clear()
    // Looked through one by one they take a thousand times longer.
    expect(performance.now() - started).toBeLessThan(100)
    expect(entries.size).toBe(50_000)
  })
})
