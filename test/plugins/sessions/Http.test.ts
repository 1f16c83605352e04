import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, keyOf, linked, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { create, notFound, unknown } from "./Stage.ts"

layer(gateway(), { excludeTestServices: true })("sessions over HTTP", (it) => {
  describe("createSession", () => {
    it.effect("answers the new session with every field", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { body, status } = yield* create(alice.key, { label: "Reception", ratePerMin: 20 })
        expect(status).toBe(201)
        expect(body).toEqual({
          id: expect.stringMatching(/^[0-9A-Z]{26}$/),
          organizationId: alice.organization.id,
          createdByUserId: null,
          gatewayId: "gateway",
          label: "Reception",
          status: "starting",
          phoneNumber: null,
          waJid: null,
          waLid: null,
          autoRead: false,
          presenceTyping: false,
          ratePerMin: 20,
          ratePerHour: null,
          isAdminSession: false,
          createdAt: expect.any(Number),
          updatedAt: expect.any(Number),
          lastConnectedAt: null,
        })
      }),
    )

    it.effect("leaves it stopped when asked to", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        expect((yield* create(alice.key, { start: false })).body.status).toBe("stopped")
      }),
    )

    it.effect("names every wrong field", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { body, status } = yield* create(alice.key, {
          label: 1,
          ratePerMin: 0,
          colour: "red",
        })
        expect(status).toBe(400)
        expect(body.error.details.fields.map(({ path }: { path: string }) => path).sort()).toEqual([
          "colour",
          "label",
          "ratePerMin",
        ])
      }),
    )

    it.effect("needs the capability manage", () =>
      Effect.gen(function* () {
        const alice = yield* tenant(["read", "send"])
        expect((yield* create(alice.key)).status).toBe(403)
      }),
    )
  })

  describe("listSessions and getSession", () => {
    it.effect("show an organization its own sessions, oldest first, and no other", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const bob = yield* tenant()
        const first = (yield* create(alice.key, { start: false })).body
        const second = (yield* create(alice.key, { start: false })).body
        yield* create(bob.key, { start: false })
        const { body } = yield* api("/sessions", { as: alice.key })
        expect(body).toEqual({ data: [first, second], nextCursor: "" })
        const one = yield* api(`/sessions/${first.id}`, { as: alice.key })
        const { runtime, ...stored } = one.body
        expect([one.status, stored]).toEqual([200, first])
        expect(runtime).toEqual({
          since: first.createdAt,
          lastTrafficAt: null,
          lastError: null,
          reconnects: 0,
          nextAttemptAt: null,
          queueDepth: 0,
        })
      }),
    )

    it.effect("tell of a foreign session what they tell of none", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const bob = yield* tenant()
        const { id } = (yield* create(alice.key, { start: false })).body
        const foreign = yield* api(`/sessions/${id}`, { as: bob.key })
        const none = yield* api(unknown, { as: bob.key })
        const noUlid = yield* api("/sessions/sess_01HZX", { as: bob.key })
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
        expect([none.text, noUlid.text]).toEqual([foreign.text, foreign.text])
      }),
    )
  })

  describe("sessionQR", () => {
    it.effect("answers a code that a phone can scan", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { id } = (yield* create(alice.key, { start: false })).body
        const { body, status } = yield* api(`/sessions/${id}/qr`, { as: alice.key })
        expect(status).toBe(200)
        expect(body).toEqual({ code: expect.any(String), expiresAt: expect.any(Number) })
        expect(body.expiresAt).toBeGreaterThan(Date.now())
        yield* eventually(
          api(`/sessions/${id}`, { as: alice.key }),
          ({ body }) => body.status === "scan_qr_code",
        )
      }),
    )

    it.effect("answers 409 once a phone is linked", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const whatsapp = yield* WhatsApp
        const id = yield* linked(alice, whatsapp.addPerson())
        const { body, status } = yield* api(`/sessions/${id}/qr`, { as: alice.key })
        expect([status, body.error.code]).toEqual([409, "conflict"])
        expect(body.error.details).toEqual({ reason: "already_paired" })
      }),
    )

    it.effect("gives nobody else a code", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const bob = yield* tenant()
        const reader = yield* keyOf(alice.organization, ["read", "send"])
        const { id } = (yield* create(alice.key, { start: false })).body
        expect((yield* api(`/sessions/${id}/qr`, { as: bob.key })).body).toEqual(notFound)
        expect((yield* api(`/sessions/${id}/qr`, { as: reader })).status).toBe(403)
        expect((yield* api(`/sessions/${id}`, { as: alice.key })).body.status).toBe("stopped")
      }),
    )
  })

  describe("deleteSession", () => {
    it.effect("unlinks the phone and leaves nothing behind in any table", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const whatsapp = yield* WhatsApp
        const me = whatsapp.addPerson()
        whatsapp.addGroup({ subject: "Team", owner: me, members: [whatsapp.addPerson()] })
        const id = yield* linked(alice, me)
        const gone = yield* api(`/sessions/${id}`, { as: alice.key, method: "DELETE" })
        expect([gone.status, gone.text]).toEqual([204, ""])
        expect((yield* api(`/sessions/${id}`, { as: alice.key })).status).toBe(404)
        expect(me.companions.size).toBe(0)
        expect(yield* rowsOf(id)).toEqual([])
      }),
    )

    it.effect("answers 404 to another organization, and the session stays", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const bob = yield* tenant()
        const { id } = (yield* create(alice.key, { start: false })).body
        const foreign = yield* api(`/sessions/${id}`, { as: bob.key, method: "DELETE" })
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
        expect((yield* api(`/sessions/${id}`, { as: alice.key })).status).toBe(200)
      }),
    )
  })
})

/** Tables other than the log of events that still hold rows of the session. */
const rowsOf = (session: string) =>
  Effect.gen(function* () {
    const sql = yield* SystemSql
    const tables = yield* sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'session_id' AND table_name <> 'events'`
    const held = yield* Effect.filter(tables, ({ name }) =>
      Effect.map(
        sql`SELECT 1 FROM ${sql(name)} WHERE session_id = ${session} LIMIT 1`,
        (rows) => rows.length > 0,
      ),
    )
    return held.map(({ name }) => name)
  })
