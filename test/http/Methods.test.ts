import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Agent, type IncomingHttpHeaders, request } from "node:http"
import { operationRoutes } from "../../layers/http/Operations.ts"
import { baseUrl } from "../support/Http.ts"
import { seed } from "./Asking.ts"
import { idsIn } from "./Estate.ts"
import { type Operation, operations } from "./Operations.ts"
import { Operator, operated } from "./Operator.ts"
import { pathOf, queryOf, unknownIds } from "./Requests.ts"

interface Told {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One connection for all: an answer that comes too early or too late meets the next request. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** As it is, where `fetch` would refuse a body. */
const tell = (method: string, path: string, body?: string, as?: string) =>
  Effect.flatMap(baseUrl, (url) =>
    Effect.async<Told>((resume) => {
      const headers = {
        "x-request-id": "told",
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
      }
      const sent = request(`${url}${path}`, { agent, method, headers }, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
        response.on("end", () =>
          resume(Effect.succeed({ status: response.statusCode!, headers: response.headers, text })),
        )
      })
      sent.once("error", (cause) => resume(Effect.die(cause)))
      sent.end(body)
    }),
  )

/** What does not change with the time of day. */
const lasting = ({ headers, status }: Told) => ({
  status,
  headers: Object.entries(headers).filter(([name]) => name !== "date"),
})

/** Of something that is there. */
const pathIn = (operation: Operation) =>
  Effect.map(
    Operator,
    ({ ids }) =>
      pathOf(operation, idsIn(operation, ids, unknownIds(operation, seed))) +
      queryOf(operation, seed),
  )

const read = operations.filter(({ method }) => method === "GET")
const reads = read.map((operation) => [operation.name, pathIn(operation)] as const)
const asides = operationRoutes.map(({ path }) => [path, Effect.succeed<string>(path)] as const)

const methodsBy = new Map<string, Set<string>>()
for (const { method, path } of [...operations, ...operationRoutes])
  methodsBy.set(path, (methodsBy.get(path) ?? new Set()).add(method))

layer(operated, { excludeTestServices: true })("the method", (it) => {
  describe.each([...reads, ...asides])("HEAD of %s", (_, of) => {
    it.effect("answers as GET does, without the body", () =>
      Effect.gen(function* () {
        const [path, { login }] = [yield* of, yield* Operator]
        const whole = yield* tell("GET", path, undefined, login)
        const head = yield* tell("HEAD", path, undefined, login)
        expect(whole.text).not.toBe("")
        expect([lasting(head), head.text]).toEqual([lasting(whole), ""])
      }),
    )
  })

  describe.each([...reads, ...asides])("GET of %s", (_, of) => {
    it.effect("answers as ever when a body comes along", () =>
      Effect.gen(function* () {
        const [path, { login }] = [yield* of, yield* Operator]
        const plain = yield* tell("GET", path, undefined, login)
        for (const body of ['{"limit":1}', "{", "GET /nowhere HTTP/1.1\r\n\r\n", "x".repeat(2e6)]) {
          const { status, text } = yield* tell("GET", path, body, login)
          expect([status, text]).toEqual([plain.status, plain.text])
        }
      }),
    )
  })

  describe.each([...methodsBy])("OPTIONS of %s", (path, methods) => {
    const asked = path.replaceAll(/\/:\w+/g, "/x")
    const allow = [...methods, ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].sort().join(", ")

    it.effect("tells what there is, as does the refusal of what there is not", () =>
      Effect.gen(function* () {
        const options = yield* tell("OPTIONS", asked)
        expect([options.status, options.headers.allow, options.text]).toEqual([204, allow, ""])
        const missing = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((one) => !methods.has(one))
        for (const method of missing) {
          const { headers, status } = yield* tell(method, asked)
          expect([method, status, headers.allow]).toEqual([method, 405, allow])
        }
      }),
    )
  })
})
