import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { administrative, offline } from "../../layers/commands/index.ts"

const usages = [...administrative, ...offline].map(({ usage }) => usage)

describe("the list of commands", () => {
  it("has every command that is written", () => {
    const written = readdirSync("layers/commands").flatMap((file) =>
      [
        ...readFileSync(`layers/commands/${file}`, "utf8").matchAll(/^ {2}usage:\s*"([^"]+)"/gm),
      ].map(([, usage]) => usage!),
    )
    expect(written.sort()).toEqual(usages.toSorted())
    expect(written.some((usage) => usage.startsWith("tokens issue"))).toBe(true)
  })
})
