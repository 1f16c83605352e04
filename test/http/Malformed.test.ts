import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, send } from "../support/Http.ts"
import { ask, named, seed } from "./Asking.ts"
import { operations, takes } from "./Operations.ts"
import { Operator, operated } from "./Operator.ts"
import { bodiesOf, fieldsOf, headersOf, misses, pathOf, unknownIds } from "./Requests.ts"

const pathsIn = ({ body }: Answer): ReadonlyArray<string> =>
  body.error.details.fields.map(({ path }: { readonly path: string }) => path)

layer(operated, { excludeTestServices: true })("an operation", (it) => {
  const written = operations.filter(({ bodySchema }) => bodySchema !== undefined)
  describe.each(named(written))("%s, by its body,", (_, operation) => {
    it.effect("names the field that does not fit, before it looks for anything", () =>
      Effect.gen(function* () {
        const { login: as } = yield* Operator
        const wrong = misses(operation, bodiesOf(operation, seed)[0])
        expect(wrong.length).toBeGreaterThan(4)
        for (const { body: json, field } of wrong) {
          const answer = yield* ask(operation, { as, json })
          const { body, status } = answer
          expect([json, status, body.error.code]).toEqual([json, 400, "validation_error"])
          expect(pathsIn(answer).join(" ")).toContain(field)
        }
      }),
    )
  })

  const positions = operations.flatMap((operation) =>
    operation.ids.map((id) => [operation.name, id, operation] as const),
  )
  describe.each(positions)("%s, by its %s,", (_, id, operation) => {
    it.effect("names an id that is malformed", () =>
      Effect.gen(function* () {
        const ids = { ...unknownIds(operation, seed), [id]: "%21" }
        const { body, status } = yield* ask(operation, { as: (yield* Operator).login, ids })
        expect(status).toBe(400)
        expect(body.error.details.fields).toEqual([{ path: id, expected: expect.any(String) }])
      }),
    )
  })

  const byIds = operations.filter(({ ids }) => ids.length > 1)
  describe.each(named(byIds))("%s, by all of its path,", (_, operation) => {
    it.effect("names every id that is malformed", () =>
      Effect.gen(function* () {
        const ids = Object.fromEntries(operation.ids.map((id) => [id, "%21"]))
        const answer = yield* ask(operation, { as: (yield* Operator).login, ids })
        expect([answer.status, pathsIn(answer)]).toEqual([400, operation.ids])
      }),
    )
  })

  const queried = operations.filter(({ querySchema }) => querySchema !== undefined)
  describe.each(named(queried))("%s, by its query,", (_, operation) => {
    it.effect("names the field that nobody declared, and any that does not fit", () =>
      Effect.gen(function* () {
        const path = pathOf(operation, unknownIds(operation, seed))
        const fields = fieldsOf(operation.querySchema!)
        const wrong = fields.filter((field) => !takes(operation.querySchema!, { [field]: "\0" }))
        expect(wrong.length).toBeGreaterThan(0)
        const query = new URLSearchParams(wrong.map((field): [string, string] => [field, "\0"]))
        const answer = yield* send(`${path}?limt=5&${query}`, { as: (yield* Operator).login })
        expect(answer.status).toBe(400)
        expect(new Set(pathsIn(answer))).toEqual(new Set(["limt", ...wrong]))
      }),
    )
  })

  const headed = operations.filter(({ headersSchema }) => headersSchema !== undefined)
  describe.each(named(headed))("%s, by its headers,", (_, operation) => {
    it.effect("names the one that does not fit, and takes the others", () =>
      Effect.gen(function* () {
        const { login: as } = yield* Operator
        for (const { missing, name, taken } of headersOf(operation)) {
          for (const value of missing) {
            const answer = yield* ask(operation, { as, headers: { [name]: value } })
            expect([value, answer.status, pathsIn(answer)]).toEqual([value, 400, [name]])
          }
          for (const value of taken) {
            const { status } = yield* ask(operation, { as, headers: { [name]: value } })
            expect([name, value, status]).toEqual([name, value, 404])
          }
        }
      }),
    )
  })

  const administrative = operations.filter(
    ({ ids, requirement }) => requirement === "super_admin" && ids.length > 0,
  )
  describe.each(named(administrative))("%s, for operators,", (_, operation) => {
    it.effect("finds nothing where there is nothing", () =>
      Effect.gen(function* () {
        const { body, status } = yield* ask(operation, { as: (yield* Operator).login })
        expect([status, body.error.code]).toEqual([404, "not_found"])
      }),
    )
  })
})
