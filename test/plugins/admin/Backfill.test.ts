import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { LocalIdentity } from "../../../layers/LocalIdentity.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, type Tenant, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { command, notFound, stands, stopped, unknown } from "../sessions/Stage.ts"

const folder = mkdtempSync(join(tmpdir(), "gateway-backfill-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The operator's login. */
const operator = (owner: Tenant) =>
  Effect.flatMap(LocalIdentity, ({ issue }) =>
    issue({
      organization: owner.organization.id,
      role: "member",
      subject: "user_operator",
      ttl: "1 hour",
      superAdmin: true,
    }),
  ).pipe(Effect.provide(LocalIdentity.Default))

const stage = Effect.gen(function* () {
  const owner = yield* tenant()
  const whatsapp = yield* WhatsApp
  const me = whatsapp.addPerson()
  whatsapp.addGroup({ subject: "Known", owner: me })
  const as = yield* operator(owner)
  const path = (session: string) => `/admin/sessions/${session}`
  const backfill = (session: string) => api(`${path(session)}:backfill`, { as, method: "POST" })
  const look = (session: string) => api(`${path(session)}/backfill`, { as })
  const ended = (session: string) =>
    eventually(look(session), ({ body }) => body.status !== "running")
  return { owner, whatsapp, me, as, backfill, look, ended } as const
})

const subjects = ({ key }: Tenant, session: string) =>
  Effect.map(api(`/sessions/${session}/groups`, { as: key }), ({ body }) =>
    body.data.map(({ subject }: { readonly subject: string }) => subject).sort(),
  )

layer(gateway({ AUTH_LOCAL: "on", DATA_DIR: folder }), { excludeTestServices: true })(
  "backfillSession",
  (it) => {
    it.effect("stores what nobody told the session of", () =>
      Effect.gen(function* () {
        const { backfill, ended, look, me, owner, whatsapp } = yield* stage
        const session = yield* linked(owner, me)
        const none = { sessionId: session, startedAt: null, finishedAt: null, error: null }
        expect((yield* look(session)).body).toEqual({ ...none, status: "never" })
        whatsapp.addGroup({ subject: "Missed", owner: me })
        const { body, status } = yield* backfill(session)
        const running = { ...none, status: "running", startedAt: expect.any(Number) }
        expect([status, body]).toEqual([202, running])
        const done = { ...running, status: "done", finishedAt: expect.any(Number) }
        expect((yield* ended(session)).body).toEqual(done)
        expect(yield* subjects(owner, session)).toEqual(["Known", "Missed"])
        expect((yield* backfill(session)).status).toBe(202)
        yield* ended(session)
      }),
    )

    it.effect("is a conflict while one runs, for the same session alone", () =>
      Effect.gen(function* () {
        const { backfill, ended, me, owner, whatsapp } = yield* stage
        const [session, other] = [
          yield* linked(owner, me),
          yield* linked(owner, whatsapp.addPerson()),
        ]
        whatsapp.fault({ person: me, child: "participating", delayMs: 1_000 })
        yield* backfill(session)
        const { body, status } = yield* backfill(session)
        const details = { reason: "backfill_running" }
        expect([status, body.error.code, body.error.details]).toEqual([409, "conflict", details])
        expect((yield* backfill(other)).status).toBe(202)
        expect((yield* ended(session)).body.status).toBe("done")
      }),
    )

    it.effect("says why it failed, and can be asked for again", () =>
      Effect.gen(function* () {
        const { backfill, ended, me, owner, whatsapp } = yield* stage
        const session = yield* linked(owner, me)
        whatsapp.fault({ person: me, child: "participating", code: 503, text: "later" })
        yield* backfill(session)
        const { body } = yield* ended(session)
        expect([body.status, body.error]).toEqual(["failed", "503 later"])
        yield* backfill(session)
        expect((yield* ended(session)).body.status).toBe("done")
      }),
    )

    it.effect("fails when the connection ends meanwhile", () =>
      Effect.gen(function* () {
        const { backfill, ended, me, owner, whatsapp } = yield* stage
        const session = yield* linked(owner, me)
        whatsapp.fault({ person: me, child: "participating", drop: true })
        yield* backfill(session)
        whatsapp.kick(me, "drop")
        expect((yield* ended(session)).body).toMatchObject({
          status: "failed",
          error: "session is not connected",
        })
      }),
    )

    it.effect("fails when the session is stopped meanwhile", () =>
      Effect.gen(function* () {
        const { backfill, ended, me, owner, whatsapp } = yield* stage
        const session = yield* linked(owner, me)
        whatsapp.fault({ person: me, child: "participating", drop: true })
        yield* backfill(session)
        yield* command(owner, session, "stop")
        yield* stands(owner, session, "stopped")
        expect((yield* ended(session)).body.status).toBe("failed")
      }),
    )

    it.effect("needs a connected session that exists", () =>
      Effect.gen(function* () {
        const { backfill, look, owner } = yield* stage
        const session = yield* stopped(owner)
        const offline = yield* backfill(session)
        const details = { reason: "session_not_connected", status: "stopped" }
        expect([offline.status, offline.body.error.details]).toEqual([
          501,
          { ...details, requestId: expect.any(String) },
        ])
        const none = unknown.split("/").at(-1)!
        for (const { body, status } of [yield* backfill(none), yield* look(none)])
          expect([status, body]).toEqual([404, notFound])
      }),
    )

    it.effect("is for the operator alone, not for the session's owner", () =>
      Effect.gen(function* () {
        const { owner } = yield* stage
        const session = yield* stopped(owner)
        for (const [method, end] of [
          ["POST", ":backfill"],
          ["GET", "/backfill"],
        ] as const) {
          const path = `/admin/sessions/${session}${end}`
          const { headers, status } = yield* api(path, { as: owner.key, method })
          expect(status).toBe(403)
          expect(headers.get("www-authenticate")).toContain("insufficient_scope")
          expect((yield* api(path, { method })).status).toBe(401)
        }
      }),
    )
  },
)
