import { describe, expect, it as test, layer } from "@effect/vitest"
import { Effect } from "effect"
import { declaredBy } from "../../support/Declared.ts"
import { keyOf } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { live, named, type Operation, operations, pathOf, unspelled } from "./Operations.ts"
import { heard, sessionNotFound, Stage } from "./Stage.ts"

const ask = (operation: Operation, as: string, session: string, jid: string) =>
  api(pathOf(operation, session, jid), { as, method: operation.method })

test("every operation of the plugin is spelled out", () => {
  expect(unspelled).toEqual([])
})

/** What each operation may fail with has its facts: the first here, for all; the second in Live and Reads. */
const caused = {
  live: [
    "SessionNotFound",
    "SessionOffline",
    "UpstreamRateLimited",
    "UpstreamRefused",
    "UpstreamSilent",
  ],
  own: {
    getContact: ["ContactNotFound"],
    getContactAbout: ["ContactNotFound"],
    getContactPicture: ["ContactPictureNotFound"],
    blockContact: ["ContactNotFound"],
    unblockContact: ["ContactNotFound"],
  } as Readonly<Record<string, ReadonlyArray<string>>>,
}

test("every failure that an operation declares is really caused", () => {
  const isLive = (name: string) => live.some((operation) => operation.name === name)
  const facts = operations.map(({ name }) => [
    name,
    [...(isLive(name) ? caused.live : ["SessionNotFound"]), ...(caused.own[name] ?? [])].sort(),
  ])
  const declared = [...declaredBy("contacts")].map(([name, failures]) => [
    name,
    [...failures].sort(),
  ])
  expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(facts))
})

layer(Stage.layer, { excludeTestServices: true })("contacts", (it) => {
  describe.each(named(operations))("%s", (_, operation) => {
    it.effect("tells another organization what it tells of nobody's session", () =>
      Effect.gen(function* () {
        const { ada, bob, session, whatsapp } = yield* Stage
        const before = heard(whatsapp, operation.asks ?? (() => true))
        const foreign = yield* ask(operation, bob.key, session, ada.lidJid)
        const unknown = yield* ask(operation, bob.key, "01J9ZX8K2QHV0M3T6R7P4N5W8C", ada.lidJid)
        expect([foreign.status, foreign.body]).toEqual([404, sessionNotFound])
        expect(foreign.text).toBe(unknown.text)
        expect(heard(whatsapp, operation.asks ?? (() => true))).toBe(before)
      }),
    )

    it.effect(`needs the capability ${operation.requirement}`, () =>
      Effect.gen(function* () {
        const { ada, alice, session } = yield* Stage
        const others = (["read", "send", "manage"] as const).filter(
          (capability) => capability !== operation.requirement,
        )
        const key = yield* keyOf(alice.organization, others)
        const { body, status } = yield* ask(operation, key, session, ada.lidJid)
        expect([status, body.error.details]).toEqual([
          403,
          { reason: "capability", required: operation.requirement },
        ])
      }),
    )
  })

  describe.each(named(operations.filter(({ path }) => /:(lid|jid)/.test(path))))(
    "%s",
    (_, operation) => {
      it.effect("names a malformed address, before it looks for the session", () =>
        Effect.gen(function* () {
          const { bob, session } = yield* Stage
          const { body, status } = yield* ask(operation, bob.key, session, "ada")
          expect(status).toBe(400)
          expect(body.error.details.fields).toEqual([
            {
              path: operation.name === "getContact" ? "lid" : "jid",
              expected:
                "a WhatsApp user address, e.g. 6281234567890@s.whatsapp.net or 205227043110953@lid",
            },
          ])
        }),
      )
    },
  )

  describe.each(named(live))("%s, live,", (_, operation) => {
    it.effect("answers 501 with the status while the session is not connected", () =>
      Effect.gen(function* () {
        const { ada, alice, idle } = yield* Stage
        const { body, status } = yield* ask(operation, alice.key, idle, ada.lidJid)
        expect([status, body.error.code]).toEqual([501, "not_implemented"])
        expect(body.error.details).toMatchObject({
          reason: "session_not_connected",
          status: "stopped",
        })
      }),
    )

    it.effect("answers 429 with WhatsApp's own Retry-After", () =>
      Effect.gen(function* () {
        const { ada, alice, session, whatsapp } = yield* Stage
        whatsapp.fault({
          when: operation.asks,
          code: 429,
          text: "rate-overlimit",
          attrs: { backoff: "37" },
        })
        const { body, headers, status } = yield* ask(operation, alice.key, session, ada.lidJid)
        expect([status, body.error.code]).toEqual([429, "rate_limited"])
        expect(headers.get("retry-after")).toBe("37")
      }),
    )

    it.effect("answers 502 with WhatsApp's words where it refuses otherwise", () =>
      Effect.gen(function* () {
        const { ada, alice, session, whatsapp } = yield* Stage
        whatsapp.fault({ when: operation.asks, code: 503, text: "service-unavailable" })
        const { body, status } = yield* ask(operation, alice.key, session, ada.lidJid)
        expect([status, body.error.code]).toEqual([502, "upstream_error"])
        expect(body.error.details.whatsapp).toEqual({ code: 503, text: "service-unavailable" })
      }),
    )
  })

  it.effect(
    "answer 504 when WhatsApp stays silent, each of the live ones",
    () =>
      Effect.gen(function* () {
        const { ada, alice, session, whatsapp } = yield* Stage
        for (const { asks } of live) whatsapp.fault({ when: asks, drop: true })
        const answers = yield* Effect.forEach(
          live,
          (operation) => ask(operation, alice.key, session, ada.lidJid),
          { concurrency: "unbounded" },
        )
        expect(answers.map(({ body, status }) => [status, body.error.code])).toEqual(
          live.map(() => [504, "upstream_timeout"]),
        )
      }),
    30_000,
  )
})
