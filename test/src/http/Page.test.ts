import { describe, expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import { cursorAt, pageAlways, pageAsked, pageFields } from "../../../src/http/Page.ts"

const Query = Schema.Struct(pageFields("groups"))
const read = Schema.decodeUnknownEither(Query)
const asked = (query: object) => pageAsked(Either.getOrThrow(read(query)))

describe("a page's limit", () => {
  it.each([
    ["1", 1],
    ["200", 200],
    ["201", 200],
    ["0", 50],
    ["000", 50],
  ])("%s means %i", (limit, meant) => {
    expect(asked({ limit })).toEqual([0, meant])
  })

  it.each(["-1", "1.5", "ten", "", "1e3", "0x10", "9999999999"])("is never %s", (limit) => {
    expect(Either.isLeft(read({ limit }))).toBe(true)
  })

  it("may be left out for the whole list, or for the default", () => {
    expect(asked({})).toEqual([0, null])
    expect(pageAlways({})).toEqual([0, 50])
  })
})

describe("a cursor", () => {
  const cursor = cursorAt("groups", 7)

  it("leads to the row behind the last one of its page", () => {
    expect(asked({ cursor })).toEqual([7, null])
  })

  it("does not show the row's number", () => {
    expect(cursor).toMatch(/^[\w-]{8,}$/)
  })

  const made = (text: string) => Buffer.from(text).toString("base64url")
  it.each([
    "",
    "7",
    made("7"),
    made("7~AAAAAAAA"),
    made("-1~AAAAAAAA"),
    `${cursor}=`,
    cursor.toLowerCase(),
    cursor.slice(1),
    cursorAt("members", 7),
  ])("is never %s", (cursor) => {
    const refused = read({ cursor })
    expect(String(Either.isLeft(refused) && refused.left)).toContain("cursor")
  })
})
