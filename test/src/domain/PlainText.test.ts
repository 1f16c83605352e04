import { describe, expect, it } from "vitest"
import { plainName, plainText } from "../../../src/domain/PlainText.ts"

describe("a name as a stranger chose it", () => {
  it.each([
    ["nul \u0000 and bell \u0007", "nul  and bell"],
    ["\u202Egnp.exe", "gnp.exe"],
    ["two\r\nlines", "twolines"],
    ["half \uD800 a character", "half  a character"],
    ["Ana 👩‍👩‍👧 Čapek", "Ana 👩‍👩‍👧 Čapek"],
  ])("is kept as one line of text: %j", (name, plain) => {
    expect(plainName(name)).toBe(plain)
  })

  it("is cut to a length that a name may have", () => {
    expect(plainName("x".repeat(70_000))).toHaveLength(256)
    expect(plainName(`x${"👩".repeat(300)}`)).toBe(`x${"👩".repeat(127)}`)
  })
})

describe("what a stranger wrote", () => {
  it("keeps its lines, and nothing else that steers", () => {
    expect(plainText("Rules:\r\n1. \u202Ebe\u0000 kind\n\n2. \u2066no spam\n")).toBe(
      "Rules:\n1. be kind\n\n2. no spam",
    )
    expect(plainText("x".repeat(70_000))).toHaveLength(2048)
  })
})
