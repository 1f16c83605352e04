import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { parseJsonBody } from "../../../layers/http/JsonBody.ts"
import { Refusal } from "../../../layers/http/Refusal.ts"

const refusalOf = (body: string) => {
  try {
    parseJsonBody(body)
  } catch (refusal) {
    return refusal instanceof Refusal ? refusal.details : refusal
  }
  return "accepted"
}

const field = (path: string, expected: string) => ({ fields: [{ path, expected }] })

describe("parseJsonBody", () => {
  it("reads what JSON.parse reads", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.jsonValue({ maxDepth: 4 }).filter((value) => !unfit(JSON.stringify(value))),
        (value) => {
          expect(parseJsonBody(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))
        },
      ),
    )
  })

  it("reads an empty body as an empty object", () => {
    expect(parseJsonBody(" \n")).toEqual({})
  })

  it.each([
    ["{"],
    ['{"a":}'],
    ['{"a":1,}'],
    ['"abc'],
    ["[1 2]"],
    ['{"a\\q":1}'],
    ["nul"],
    ["\u0000"],
  ])("refuses %j as malformed", (body) =>
    expect(refusalOf(body)).toEqual(field("", "well-formed JSON")),
  )

  it("names the field that comes twice, however it is spelled", () => {
    expect(refusalOf('{"a":{"b":1,"\\u0062":2}}')).toEqual(field("a.b", "each field once"))
  })

  it("lets the same name stand in different objects", () => {
    expect(parseJsonBody('[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }])
  })

  it("names the field that holds a NUL or half a character", () => {
    expect(refusalOf('{"names":["x","\\u0000"]}')).toEqual(
      field("names.1", "text without NUL characters"),
    )
    expect(refusalOf('{"name":"\\ud83d"}')).toEqual(
      field("name", "text of whole Unicode characters"),
    )
    expect(parseJsonBody('{"name":"\\ud83d\\ude00"}')).toEqual({ name: "😀" })
  })

  it("refuses 200 kB of nesting at once", () => {
    const started = performance.now()
    expect(refusalOf("[".repeat(200_000))).toEqual(field("", "at most 32 levels of nesting"))
    expect(performance.now() - started).toBeLessThan(50)
  })

  it("refuses more fields or items than any endpoint has", () => {
    const many = `{${Array.from({ length: 10_001 }, (_, index) => `"k${index}":1`).join()}}`
    expect(refusalOf(many)).toEqual(field("", "at most 10000 fields and items"))
    expect(refusalOf(`[${"1,".repeat(10_000)}1]`)).toEqual(
      field("", "at most 10000 fields and items"),
    )
    expect(refusalOf(`[${"1,".repeat(9_999)}1]`)).toBe("accepted")
  })

  it("reads many texts in a time that grows with their number, not with its square", () => {
    const texts = `[${Array.from({ length: 9_000 }, () => `"${"x".repeat(90)}"`).join()},"\\u0041"]`
    const started = performance.now()
    expect(refusalOf(texts)).toBe("accepted")
    expect(performance.now() - started).toBeLessThan(100)
  })

  it("keeps a field named __proto__ a field", () => {
    const parsed = parseJsonBody('{"__proto__":{"polluted":true}}') as object
    expect(Object.keys(parsed)).toEqual(["__proto__"])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

const unfit = (json: string) => json.includes("\\u")
