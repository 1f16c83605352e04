import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, send } from "../../support/Http.ts"
import { pageOrigin, ProbeServer } from "../../support/ProbeServer.ts"

const originOf = ({ headers }: Answer) => headers.get("access-control-allow-origin")

const preflight = (origin: string) =>
  send("/api/v1/probe", {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "DELETE" },
  })

layer(ProbeServer, { excludeTestServices: true })("pages of another origin", (it) => {
  it.effect("may ask where the settings name it, and read refusals, too", () =>
    Effect.gen(function* () {
      const asked = yield* preflight(pageOrigin)
      expect([asked.status, originOf(asked)]).toEqual([204, pageOrigin])
      expect(asked.headers.get("access-control-allow-methods")).toContain("DELETE")
      const refused = yield* send("/api/v1/probe", { headers: { origin: pageOrigin } })
      expect([refused.status, originOf(refused)]).toEqual([401, pageOrigin])
    }),
  )

  it.effect("may not where they do not", () =>
    Effect.gen(function* () {
      const origin = `${pageOrigin}.evil.example`
      const answered = yield* send("/api/v1/probe", { as: "read", headers: { origin } })
      expect([originOf(yield* preflight(origin)), originOf(answered)]).toEqual([null, null])
    }),
  )

  it.effect("leave OPTIONS to whoever wants to know what there is", () =>
    Effect.gen(function* () {
      const { headers, status } = yield* send("/api/v1/probe", { method: "OPTIONS" })
      expect([status, headers.get("allow")]).toEqual([204, "DELETE, GET, HEAD, OPTIONS, POST"])
    }),
  )
})
