import { describe, expect, it } from "@effect/vitest"
import { page } from "../../../src/http/StoredJson.ts"

describe("a page of rows", () => {
  it("is in the order of ids wherever it is cut off", () => {
    const cut = page("polls", "$4", 'SELECT 1 AS "id"')
      .split(/\bLIMIT\b/)
      .slice(0, -1)
    expect(cut.map((before) => before.trimEnd().endsWith('ORDER BY "id"'))).toEqual([true])
  })
})
