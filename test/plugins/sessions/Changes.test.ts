import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LocalIdentity } from "../../../layers/LocalIdentity.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { linked, tenant, type Tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { events, look, notFound, stands, stopped } from "./Stage.ts"

const change = ({ key }: Tenant, session: string, json: unknown) =>
  api(`/sessions/${session}`, { as: key, method: "PATCH", json })

const folder = mkdtempSync(join(tmpdir(), "gateway-sessions-"))

layer(gateway({ AUTH_LOCAL: "on", DATA_DIR: folder }), {
  excludeTestServices: true,
})("changes over HTTP", (it) => {
  describe("updateSession", () => {
    it.effect("changes what it names and nothing else", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const id = yield* stopped(alice)
        const { runtime: _, ...before } = yield* look(alice, id)
        const fields = { label: "Desk", autoRead: true, ratePerMin: 20 }
        const { body, status } = yield* change(alice, id, fields)
        expect([status, body]).toEqual([
          200,
          { ...before, ...fields, updatedAt: expect.any(Number) },
        ])
        const { body: unlimited } = yield* change(alice, id, { ratePerMin: null })
        expect(unlimited).toMatchObject({ label: "Desk", ratePerMin: null })
        expect((yield* change(alice, id, {})).body).toEqual(unlimited)
      }),
    )

    it.effect("names every wrong field", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const id = yield* stopped(alice)
        const wrong = { label: null, autoRead: "yes", ratePerHour: 0, status: "working" }
        const { body, status } = yield* change(alice, id, wrong)
        expect(status).toBe(400)
        expect(body.error.details.fields.map(({ path }: { path: string }) => path).sort()).toEqual(
          Object.keys(wrong).sort(),
        )
      }),
    )

    it.effect("is not found where the session is foreign, and changes nothing", () =>
      Effect.gen(function* () {
        const [alice, bob] = yield* Effect.all([tenant(), tenant()])
        const id = yield* stopped(alice)
        const foreign = yield* change(bob, id, { label: "Mine" })
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
        expect((yield* look(alice, id)).label).toBe("")
      }),
    )
  })

  describe("session.status", () => {
    it.effect("tells every step of a session, and why it fell", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const whatsapp = yield* WhatsApp
        const me = whatsapp.addPerson()
        const id = yield* linked(alice, me)
        whatsapp.refuseLogin(me, 405)
        whatsapp.kick(me, "drop")
        const { runtime } = yield* stands(alice, id, "failed")
        expect(runtime.lastError).toMatchObject({ reason: "outdated", code: 405 })
        expect(runtime.lastError.advice).toContain("WHATSAPP_VERSION")
        const told = yield* events(id, "session.status")
        expect(told.map(({ error, status }) => [status, error?.reason])).toEqual([
          ["scan_qr_code", undefined],
          ["starting", undefined],
          ["working", undefined],
          ["starting", "lost"],
          ["failed", "outdated"],
        ])
        expect(told[3].nextAttemptAt).toBeGreaterThan(told[3].error.at)
        expect(told[4]).toEqual({
          status: "failed",
          previous: "starting",
          error: runtime.lastError,
          nextAttemptAt: null,
        })
      }),
    )
  })

  describe("adminListSessions", () => {
    const operator = (superAdmin: boolean) =>
      Effect.gen(function* () {
        const { organization } = yield* tenant()
        return yield* (yield* LocalIdentity).issue({
          organization: organization.id,
          role: "owner",
          subject: "user_1",
          ttl: "1 hour",
          superAdmin,
        })
      }).pipe(Effect.provide(LocalIdentity.Default))

    it.effect("shows the operator the sessions of every organization", () =>
      Effect.gen(function* () {
        const [alice, bob] = yield* Effect.all([tenant(), tenant()])
        const ids = [yield* stopped(alice), yield* stopped(bob)]
        const { body, status } = yield* api("/admin/sessions", { as: yield* operator(true) })
        expect(status).toBe(200)
        const listed = body.data.map(({ id }: { id: string }) => id)
        expect(listed).toEqual(expect.arrayContaining(ids))
        expect(body.nextCursor).toBe("")
      }),
    )

    it.effect("is closed to owners and to keys", () =>
      Effect.gen(function* () {
        const { key } = yield* tenant()
        const statuses = yield* Effect.forEach([yield* operator(false), key], (as) =>
          Effect.map(api("/admin/sessions", { as }), ({ status }) => status),
        )
        expect(statuses).toEqual([403, 403])
      }),
    )
  })
})
