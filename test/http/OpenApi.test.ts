import { createConfig, lintFromString } from "@redocly/openapi-core"
import { Validator } from "@seriousme/openapi-schema-validator"
import { OpenApi } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import type { Document } from "../../src/http/Document.ts"
import { api, type Operation, operations, takes } from "./Operations.ts"

const document = OpenApi.fromApi(api as never) as unknown as Document & {
  readonly openapi: string
}

const inDocument = (path: string) => path.replace(/\/:(\w+)/g, "/{$1}")

/** What the document says of an operation. */
const documented = ({ method, path }: Operation) =>
  document.paths[inDocument(path)]![method.toLowerCase()]!

const each = operations.map((operation) => [operation.name, operation] as const)

const contentOf = (
  body: { readonly content?: Record<string, { example?: unknown }> } | undefined,
) => Object.entries(body?.content ?? {}).flatMap(([type, content]) => (isJson(type) ? content : []))

const isJson = (type: string) => type === "application/json"

describe("the document", () => {
  it("tells of every endpoint, and of nothing else", () => {
    const told = Object.values(document.paths).flatMap((operations) => Object.values(operations))
    const names = told.map(({ operationId }) => operationId)
    expect(names.sort()).toEqual(operations.map(({ name }) => name).sort())
    expect(new Set(names).size).toBe(names.length)
  })

  it("says of every operation more than its name and what it needs", () => {
    const bare = operations.filter((one) => !/^(?!Needs).{20}/.test(documented(one).description!))
    expect(bare.map(({ name }) => name)).toEqual([])
  })

  it("keeps the credential on, as bearer or as x-api-key", () => {
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }])
    expect(Object.keys(document.components.securitySchemes).sort()).toEqual(["apiKey", "bearer"])
    for (const operation of operations) expect(documented(operation)).not.toHaveProperty("security")
  })

  it("is valid to the schema of OpenAPI", async () => {
    const { errors, valid } = await new Validator().validate(JSON.parse(JSON.stringify(document)))
    expect([valid, errors]).toEqual([true, undefined])
  })

  it("passes a linter of its own", async () => {
    const config = await createConfig({
      extends: ["minimal", "spec"],
      rules: {
        "operation-operationId-unique": "error",
        "no-invalid-media-type-examples": "error",
        "no-invalid-parameter-examples": "error",
        "no-unresolved-refs": "error",
        "security-defined": "error",
        "operation-summary": "error",
        "operation-4xx-response": "error",
        // Both describe a vendor's own product; ours has neither address nor licence to name.
        "info-license": "off",
        "no-empty-servers": "off",
      },
    })
    const problems = await lintFromString({ source: JSON.stringify(document), config })
    const told = problems.map(({ location, message }) => `${location[0]?.pointer}: ${message}`)
    expect(told).toEqual([])
  })
})

describe.each(each)("the document of %s", (_, operation) => {
  const told = documented(operation)

  it("has a tag, a summary and what it needs", () => {
    expect(told).toMatchObject({ tags: [expect.any(String)], summary: expect.any(String) })
    expect(told.summary).not.toBe("")
    expect(told["x-capability"]).toBe(operation.requirement)
    expect(told.description).toContain(`\`${operation.requirement}\``)
  })

  it("lists every answer, those of the edge included", () => {
    const body = operation.bodySchema === undefined ? [] : [413, 415]
    const promised = [...operation.answers.keys(), 400, 401, 403, 500, 503, ...body]
    expect(Object.keys(told.responses).map(Number)).toEqual(expect.arrayContaining(promised))
  })

  it("gives errors in the envelope", () => {
    for (const [status, response] of Object.entries(told.responses)) {
      if (Number(status) < 400) continue
      for (const { example } of contentOf(response)) {
        const details = expect.any(Object)
        expect(example).toEqual({
          error: { code: expect.any(String), message: expect.any(String), details },
        })
      }
      expect(contentOf(response)).toHaveLength(1)
    }
  })

  it("shows examples that its own schemas take", () => {
    const shown = [
      { schema: operation.bodySchema, examples: contentOf(told.requestBody) },
      ...[...operation.answers].map(([status, schema]) => ({
        schema,
        examples: contentOf(told.responses[status]),
      })),
    ]
    for (const { examples, schema } of shown) {
      expect(examples).toHaveLength(schema === undefined ? 0 : 1)
      const misfits = examples.filter(({ example }) => !takes(schema!, example))
      expect(misfits).toEqual([])
    }
  })
})
