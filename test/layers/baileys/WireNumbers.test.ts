import { describe, expect, it } from "@effect/vitest"
import { backoffIn, integerIn, timeIn } from "../../../layers/baileys/WireNumbers.ts"

const unreadable = [undefined, "", " 7", "7.5", "1e3", "NaN", "Infinity", "0x10", "9".repeat(16)]

describe("numbers as WhatsApp writes them", () => {
  it.each(unreadable)("are none where it writes %j", (text) => {
    expect([integerIn(text), backoffIn(text), timeIn(text)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it("are read where they are whole", () => {
    expect(["0", "429", "-1"].map(integerIn)).toEqual([0, 429, -1])
    expect(timeIn("1700000000")).toBe(1_700_000_000_000)
  })

  it("are no time where no clock shows them", () => {
    expect(["0", "-5", "9".repeat(15)].map(timeIn)).toEqual([undefined, undefined, undefined])
  })

  it("ask for no more patience than a day, and for none that is over", () => {
    expect(["0", "60", "31536000", "-1"].map(backoffIn)).toEqual([0, 60, 86_400, undefined])
  })
})
