import { expect, layer } from "@effect/vitest"
import { Effect, HashMap, Layer, Logger } from "effect"
import { channel } from "node:diagnostics_channel"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api, send } from "../../support/Http.ts"

type Line = Readonly<Record<string, unknown>>

const lines: Array<Line> = []

const keeping = Logger.replace(
  Logger.defaultLogger,
  Logger.make(({ annotations, logLevel, message }) => {
    if (String(message) !== "answered a request") return
    lines.push({ level: logLevel.label, ...Object.fromEntries(HashMap.toEntries(annotations)) })
  }),
)

/** The one line on the answer, which may come after the answer itself. */
const lineOn = ({ headers }: { readonly headers: Headers }) => {
  const id = headers.get("x-request-id")
  const own = Effect.sync(() => lines.filter(({ requestId }) => requestId === id))
  return Effect.map(
    eventually(own, (found) => found.length > 0),
    (found) => {
      expect(found).toHaveLength(1)
      const { milliseconds, ...line } = found[0]!
      expect(milliseconds).toBeGreaterThan(0)
      return line
    },
  )
}

layer(gateway({ LOG_LEVEL: "debug" }).pipe(Layer.provide(keeping)), {
  excludeTestServices: true,
})("the access log at debug", (it) => {
  it.effect("has one line on each answer, by the ordinary way and by the read lane", () =>
    Effect.gen(function* () {
      const alice = yield* tenant()
      const session = yield* linked(alice, (yield* WhatsApp).addPerson())
      // Known by now, the caller takes the lane where there is one.
      const stored = yield* api(`/sessions/${session}/groups`, { as: alice.key })
      const made = yield* api("/sessions", {
        as: alice.key,
        method: "POST",
        json: {},
        headers: { "x-request-id": "mine" },
      })
      const common = { level: "DEBUG", organization: alice.organization.id }
      expect(yield* lineOn(stored)).toEqual({
        ...common,
        operation: "listGroups",
        method: "GET",
        status: 200,
        requestId: stored.headers.get("x-request-id"),
      })
      expect(yield* lineOn(made)).toEqual({
        ...common,
        operation: "createSession",
        method: "POST",
        status: 201,
        requestId: "mine",
      })
    }),
  )

  it.effect("knows no organization where no credential told one", () =>
    Effect.gen(function* () {
      const [health, stranger] = [yield* send("/health/live"), yield* api("/sessions")]
      expect(yield* lineOn(health)).toMatchObject({ operation: "/health/live", status: 200 })
      const line = yield* lineOn(stranger)
      expect(line).toMatchObject({ operation: "listSessions", status: 401 })
      expect(line).not.toHaveProperty("organization")
    }),
  )

  it.effect("names neither people nor what was sent", () =>
    Effect.gen(function* () {
      const alice = yield* tenant()
      const as = alice.key
      const none = "01J9ZX8K2QHV0M3T6R7P4N5W8C"
      const jid = "6281234567890@s.whatsapp.net"
      const asked = [
        yield* api(`/sessions/${none}/contacts/${jid}?q=hunter2`, { as }),
        yield* api(`/sessions/${none}/contacts?q=%2B6281234567890`, { as }),
        yield* api("/sessions", { as, method: "POST", json: { label: "hunter2" } }),
        yield* send(`/${jid}/hunter2?key=${as}`),
      ]
      for (const answer of asked) {
        const told = JSON.stringify(yield* lineOn(answer))
        for (const secret of ["81234567890", "hunter2", as, "?"]) expect(told).not.toContain(secret)
      }
    }),
  )
})

layer(gateway(), { excludeTestServices: true })("the access log above debug", (it) => {
  it.effect("does not even listen", () =>
    Effect.sync(() => expect(channel("http.server.response.finish").hasSubscribers).toBe(false)),
  )
})
