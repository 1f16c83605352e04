import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { dataHeaders } from "../../../layers/http/SecurityHeaders.ts"
import { baseUrl, send } from "../../support/Http.ts"
import { ProbeServer } from "../../support/ProbeServer.ts"

const note = (body: string, contentType = "application/json") =>
  send("/api/v1/probe", {
    as: "send",
    method: "POST",
    body,
    headers: { "content-type": contentType },
  })

/** Sends bytes as they are and collects the answer until the connection closes. */
const raw = (bytes: string) =>
  Effect.flatMap(baseUrl, (url) =>
    Effect.async<string>((resume) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes))
      let answer = ""
      socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk))
      socket.on("close", () => resume(Effect.succeed(answer)))
    }),
  )

layer(ProbeServer, { excludeTestServices: true })("the edge", (it) => {
  describe("credentials", () => {
    it.effect("are asked for without naming an error when none was sent", () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* send("/api/v1/probe")
        expect(status).toBe(401)
        expect(headers.get("www-authenticate")).toBe('Bearer realm="whatsapp-gateway"')
        expect(body?.error.code).toBe("unauthorized")
      }),
    )

    it.effect("that are bad answer invalid_token, whatever the scheme", () =>
      Effect.gen(function* () {
        const bearer = yield* send("/api/v1/probe", { as: "nonsense" })
        const basic = yield* send("/api/v1/probe", { headers: { authorization: "Basic read" } })
        const key = yield* send("/api/v1/probe", { headers: { "x-api-key": "nonsense" } })
        for (const { headers, status } of [bearer, basic, key]) {
          expect(status).toBe(401)
          expect(headers.get("www-authenticate")).toContain('error="invalid_token"')
        }
      }),
    )

    it.effect("may come in x-api-key", () =>
      Effect.gen(function* () {
        const { status } = yield* send("/api/v1/probe", { headers: { "x-api-key": "read" } })
        expect(status).toBe(200)
      }),
    )

    it.effect("that lack the capability answer insufficient_scope", () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* send("/api/v1/probe", { as: "send+manage" })
        expect(status).toBe(403)
        expect(body?.error.details).toEqual({ reason: "capability", required: "read" })
        expect(headers.get("www-authenticate")).toContain(
          'error="insufficient_scope", scope="read"',
        )
      }),
    )

    it.effect("are checked before the request is looked at", () =>
      Effect.gen(function* () {
        const { status } = yield* send("/api/v1/probe", { method: "POST", body: "{" })
        expect(status).toBe(401)
      }),
    )
  })

  describe("bodies", () => {
    it.effect("that fit are read", () =>
      Effect.gen(function* () {
        expect((yield* note('{"name":"é😀"}')).text).toBe('{"name":"é😀"}')
      }),
    )

    it.effect("name every wrong field at once and never the value", () =>
      Effect.gen(function* () {
        const { body, status, text } = yield* note('{"name":"sesame","count":"open","x":1}')
        expect(status).toBe(400)
        expect(body?.error.details).toEqual({
          fields: [
            { path: "x", expected: "no such field" },
            { path: "name", expected: "a name of 5 characters" },
            { path: "count", expected: "number" },
          ],
        })
        expect(text).not.toMatch(/sesame|open/)
      }),
    )

    it.effect("that are malformed are a 400", () =>
      Effect.gen(function* () {
        const { body, status } = yield* note("{")
        expect(status).toBe(400)
        expect(body?.error.details).toEqual({
          fields: [{ path: "", expected: "well-formed JSON" }],
        })
      }),
    )

    it.effect("of another type are a 415", () =>
      Effect.gen(function* () {
        for (const type of ["text/plain", "application/xml", "multipart/form-data; boundary=x"]) {
          const { body, status } = yield* note("{}", type)
          expect([type, status, body?.error.code]).toEqual([type, 415, "unsupported_media_type"])
        }
      }),
    )

    it.effect("that are compressed are a 415", () =>
      Effect.gen(function* () {
        const { body, status } = yield* send("/api/v1/probe", {
          as: "send",
          method: "POST",
          body: gzipSync('{"name":"a"}'),
          headers: { "content-type": "application/json", "content-encoding": "gzip" },
        })
        expect([status, body?.error.details]).toEqual([415, { expected: "identity" }])
      }),
    )

    it.effect("over the limit are a 413, announced or not", () =>
      Effect.gen(function* () {
        const large = JSON.stringify({ name: "x".repeat(2000) })
        const announced = yield* note(large)
        expect([announced.status, announced.body?.error.code]).toEqual([413, "payload_too_large"])
        const chunk = large.length.toString(16)
        const chunked = yield* raw(
          `POST /api/v1/probe HTTP/1.1\r\nhost: x\r\nauthorization: Bearer send\r\n` +
            `transfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunk}\r\n${large}\r\n0\r\n\r\n`,
        )
        expect(chunked).toMatch(/^HTTP\/1.1 413 /)
      }),
    )

    it.effect("of an action are read as strictly as any", () =>
      Effect.gen(function* () {
        const act = (body: string, contentType: string) =>
          send("/api/v1/probe:act", {
            as: "send",
            method: "POST",
            body,
            headers: { "content-type": contentType },
          })
        const large = yield* act(JSON.stringify({ name: "x".repeat(2000) }), "application/json")
        const form = yield* act("name=a", "application/x-www-form-urlencoded")
        const twice = yield* act('{"name":"a","name":"b"}', "application/json")
        expect([large.status, form.status, twice.status]).toEqual([413, 415, 400])
      }),
    )

    it.effect("that do not arrive in time are refused", () =>
      Effect.gen(function* () {
        const answer = yield* raw(
          `POST /api/v1/probe HTTP/1.1\r\nhost: x\r\nauthorization: Bearer send\r\n` +
            `content-length: 100\r\n\r\n{"name"`,
        )
        expect(answer).toMatch(/^HTTP\/1.1 4\d\d /)
        expect(answer).toContain('"code":"validation_error"')
      }),
    )

    it.effect("that are not UTF-8 are a 400", () =>
      Effect.gen(function* () {
        const { status } = yield* send("/api/v1/probe", {
          as: "send",
          method: "POST",
          body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
          headers: { "content-type": "application/json" },
        })
        expect(status).toBe(400)
      }),
    )
  })

  describe("routes", () => {
    it.effect("that do not exist are a 404 in the envelope", () =>
      Effect.gen(function* () {
        const { body, status } = yield* send("/api/v1/nothing", { as: "read" })
        expect(status).toBe(404)
        expect(body?.error).toEqual({ code: "not_found", message: "route not found", details: {} })
      }),
    )

    it.effect("answer a wrong method with 405 and the right ones", () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* send("/api/v1/probe", { method: "PUT" })
        expect(status).toBe(405)
        expect(headers.get("allow")).toBe("DELETE, GET, HEAD, OPTIONS, POST")
        expect(body?.error.code).toBe("method_not_allowed")
      }),
    )

    it.effect("say so when a path can not be decoded, or is longer than any id", () =>
      Effect.gen(function* () {
        const undecodable = yield* raw(
          "GET /api/v1/probe/%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        )
        expect(undecodable).toMatch(/^HTTP\/1.1 400 /)
        const long = yield* send(`/api/v1/probe/${"x".repeat(5000)}`, { as: "read" })
        expect(long.status).toBe(200)
      }),
    )

    it.effect("answer OPTIONS and HEAD without a body", () =>
      Effect.gen(function* () {
        const options = yield* send("/api/v1/probe", { method: "OPTIONS" })
        expect([options.status, options.text]).toEqual([204, ""])
        expect(options.headers.get("allow")).toContain("GET")
        const head = yield* send("/api/v1/probe", { method: "HEAD", as: "read" })
        expect([head.status, head.text]).toEqual([200, ""])
      }),
    )
  })

  describe("answers", () => {
    it.effect("carry the caller's request id, or one of their own", () =>
      Effect.gen(function* () {
        const given = yield* send("/health/live", { headers: { "x-request-id": "abc-1" } })
        expect(given.headers.get("x-request-id")).toBe("abc-1")
        const odd = yield* send("/health/live", { headers: { "x-request-id": "a b" } })
        expect(odd.headers.get("x-request-id")).toMatch(/^[0-9A-Z]{26}$/)
      }),
    )

    it.effect("are neither cached, framed nor sniffed", () =>
      Effect.gen(function* () {
        const { headers } = yield* send("/api/v1/probe", { as: "read" })
        expect(headers.get("cache-control")).toBe("no-store")
        expect(headers.get("x-content-type-options")).toBe("nosniff")
        expect(headers.get("content-security-policy")).toContain("default-src 'none'")
      }),
    )

    it.effect("to a defect tell its request id and nothing else", () =>
      Effect.gen(function* () {
        const { body, headers, status, text } = yield* send("/api/v1/probe/boom", { as: "read" })
        expect(status).toBe(500)
        expect(text).not.toContain("hunter2")
        expect(body?.error).toEqual({
          code: "internal_error",
          message: "an unexpected failure",
          details: { requestId: headers.get("x-request-id") },
        })
      }),
    )

    it.effect("to what is no HTTP, or too much of it, are envelopes too", () =>
      Effect.gen(function* () {
        expect(yield* raw("NONSENSE\r\n\r\n")).toMatch(/^HTTP\/1.1 400 [^]*"validation_error"/)
        const refused = yield* raw("NONSENSE\r\n\r\n")
        expect(refused).toContain('"fields":[{"path":"","expected":"well-formed HTTP/1.1"}]')
        expect(refused).toMatch(/^x-request-id: [0-9A-Z]{26}\r$/m)
        for (const [name, value] of Object.entries(dataHeaders))
          expect(refused).toContain(`\r\n${name}: ${value}\r\n`)
        const header = `x-large: ${"x".repeat(100_000)}`
        expect(yield* raw(`GET / HTTP/1.1\r\n${header}\r\n\r\n`)).toMatch(
          /^HTTP\/1.1 413 [^]*"payload_too_large"/,
        )
      }),
    )
  })
})
