import { describe, expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { Capability } from "../../src/domain/Capability.ts"
import { gateway } from "../support/FreshGateway.ts"
import { keyOf } from "../support/Gateway.ts"
import type { Answer } from "../support/Http.ts"
import { ask, named, open, seed } from "./Asking.ts"
import { type Estate, estate, idsIn } from "./Estate.ts"
import { operations } from "./Operations.ts"
import { looksFor, unknownIds } from "./Requests.ts"

const under = (collection: string) =>
  open.filter(({ path }) => path.startsWith(`/api/v1/${collection}/:`))

const subsets = Array.from({ length: 8 }, (_, bits) =>
  (["read", "send", "manage"] as const).filter((_, index) => bits & (1 << index)),
) as ReadonlyArray<ReadonlyArray<Capability>>

/** What must be the same for what is foreign and for what does not exist. */
const visible = ({ headers, status, text }: Answer) => ({
  status,
  text,
  headers: [...headers].filter(([name]) => name !== "date"),
})

const notFound = (message: string) => ({ error: { code: "not_found", message, details: {} } })

/** Made once: what is asked here changes nothing of theirs. */
class Cast extends Context.Tag("test/http/Cast")<
  Cast,
  {
    readonly alice: Estate
    readonly bob: Estate
    /** Bob's, one for each set of capabilities. */
    readonly keys: ReadonlyArray<{
      readonly as: string
      readonly capabilities: ReadonlyArray<string>
    }>
  }
>() {
  static readonly layer = Layer.effect(
    Cast,
    Effect.gen(function* () {
      const [alice, bob] = yield* Effect.all([estate(), estate()])
      const keys = yield* Effect.forEach(subsets, (capabilities) =>
        Effect.map(keyOf(bob.organization, capabilities), (as) => ({ as, capabilities })),
      )
      return { alice, bob, keys }
    }),
  )
}

const stage = Layer.provideMerge(Cast.layer, gateway())

layer(stage, { excludeTestServices: true })("every endpoint", (it) => {
  describe.each(named(operations))("%s", (_, operation) => {
    it.effect("asks for a credential, and only then for a better one", () =>
      Effect.gen(function* () {
        const none = yield* ask(operation, {})
        const bad = yield* ask(operation, { as: "wa_nonsense" })
        expect([none.status, bad.status]).toEqual([401, 401])
        expect(none.headers.get("www-authenticate")).toBe('Bearer realm="whatsapp-gateway"')
        expect(bad.headers.get("www-authenticate")).toContain('error="invalid_token"')
      }),
    )

    it.effect("lets in exactly the keys that may do what it does", () =>
      Effect.gen(function* () {
        for (const { as, capabilities } of (yield* Cast).keys) {
          const { body, headers, status } = yield* ask(operation, { as })
          const wanted: string = operation.requirement
          const may = capabilities.includes(wanted)
          const refused = status === 403 && body.error.details.reason === "capability"
          expect([capabilities, refused]).toEqual([capabilities, !may])
          expect(headers.get("www-authenticate")).toBe(
            may
              ? null
              : `Bearer realm="whatsapp-gateway", error="insufficient_scope", scope="${wanted}"`,
          )
        }
      }),
    )

    it.effect("checks the credential, then what it may, then the shape", () =>
      Effect.gen(function* () {
        const powerless = (yield* Cast).keys.find(({ capabilities }) => capabilities.length === 0)!
        const askBadly = (as?: string) => {
          const ids = Object.fromEntries(operation.ids.map((id) => [id, "%21"]))
          const json = operation.bodySchema === undefined ? undefined : [0]
          return ask(operation, { ids, json, ...(as === undefined ? {} : { as }) })
        }
        expect((yield* askBadly()).status).toBe(401)
        expect((yield* askBadly(powerless.as)).status).toBe(403)
      }),
    )
  })

  const positions = open.flatMap((operation) =>
    operation.ids.map((id) => [operation.name, id, operation] as const),
  )

  describe.each(named(under("sessions")))("%s, of a session,", (_, operation) => {
    it.effect("finds the session before what is stored of it", () =>
      Effect.gen(function* () {
        const { key } = (yield* Cast).bob
        const { body, status } = yield* ask(operation, { as: key })
        expect([status, body]).toEqual([404, notFound("session not found")])
      }),
    )
  })

  const finding = under("sessions").filter((operation) =>
    operation.ids.slice(1).some((id) => looksFor(operation, id)),
  )
  describe.each(named(finding))("%s, of something stored,", (_, operation) => {
    it.effect("finds it before it needs a connection", () =>
      Effect.gen(function* () {
        const { alice } = yield* Cast
        const ids = { ...unknownIds(operation, seed), session: alice.ids["sessions"]! }
        const { body, status } = yield* ask(operation, { as: alice.key, ids })
        expect([status, body.error.code]).toEqual([404, "not_found"])
        expect(body.error.message).not.toBe("session not found")
      }),
    )
  })

  const live = under("sessions").filter(({ answers }) => answers.has(501))
  describe.each(named(live))("%s, which is live,", (_, operation) => {
    it.effect("says so when the session is not connected", () =>
      Effect.gen(function* () {
        const { ids, key } = (yield* Cast).alice
        const own = idsIn(operation, ids, unknownIds(operation, seed))
        const { body, status } = yield* ask(operation, { as: key, ids: own })
        expect([status, body.error.details]).toEqual([
          501,
          { reason: "session_not_connected", status: "stopped", requestId: "asked" },
        ])
      }),
    )
  })

  describe.each(positions)("%s, by the %s of another organization,", (_, id, operation) => {
    it.effect("answers what it answers of nothing", () =>
      Effect.gen(function* () {
        const { alice, bob } = yield* Cast
        const unknown = unknownIds(operation, seed)
        const own = { ...idsIn(operation, bob.ids, unknown), [id]: unknown[id]! }
        const foreign = { ...own, [id]: idsIn(operation, alice.ids, unknown)[id]! }
        const ofNothing = yield* ask(operation, { as: bob.key, ids: own })
        const ofAlice = yield* ask(operation, { as: bob.key, ids: foreign })
        expect(visible(ofAlice)).toEqual(visible(ofNothing))
        expect(ofAlice.status).toBe(looksFor(operation, id) ? 404 : 501)
        expect(ofAlice.text).not.toContain(alice.canary)
      }),
    )
  })
})
