import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { OwnerSql, SystemSql } from "../../../layers/Postgres.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api, send } from "../../support/Http.ts"
import { organization, storedSession } from "../sessions/Stage.ts"

const token = "a-token-for-the-collector"

const scrape = send("/metrics", { as: token })

/** The value of a line that begins so; undefined when there is none. */
const valueOf = (text: string, start: string) => {
  const line = text.split("\n").find((one) => one.startsWith(start))
  return line === undefined ? undefined : Number(line.split(" ").at(-1))
}

layer(gateway({ METRICS_TOKEN: token }), { excludeTestServices: true })("metrics", (it) => {
  it.effect("tell what each session does, until it is run no more", () =>
    Effect.gen(function* () {
      const alice = yield* tenant()
      const whatsapp = yield* WhatsApp
      const [me, bob] = [whatsapp.addPerson(), whatsapp.addPerson({ name: "Bob" })]
      const session = yield* linked(alice, me)
      const labels = `{organization="${alice.organization.id}",session="${session}"}`
      const before = yield* scrape
      expect(before.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
      const received = valueOf(before.text, `whatsapp_session_received_total${labels}`)!
      const stored = valueOf(before.text, `whatsapp_session_stored_total${labels}`)!
      yield* Effect.promise(() => whatsapp.sendText(bob, me, "hello"))
      yield* eventually(
        scrape,
        ({ text }) =>
          valueOf(text, `whatsapp_session_received_total${labels}`) === received + 1 &&
          valueOf(text, `whatsapp_session_stored_total${labels}`)! > stored,
      )
      whatsapp.kick(me, "drop")
      const { text } = yield* eventually(
        scrape,
        ({ text }) => valueOf(text, `whatsapp_session_reconnects_total${labels}`) === 2,
      )
      const why = labels.replace("}", ',reason="lost"}')
      expect(valueOf(text, `whatsapp_session_closes_total${why}`)).toBe(1)
      expect(valueOf(text, `whatsapp_session_queue_depth${labels}`)).toBe(0)
      expect(valueOf(text, "whatsapp_sessions{")).toBeGreaterThan(0)

      yield* api(`/sessions/${session}:stop`, { as: alice.key, method: "POST" })
      expect((yield* scrape).text).not.toContain(session)
    }),
  )

  it.effect("count what nobody can read", () =>
    Effect.gen(function* () {
      const alice = yield* tenant()
      const whatsapp = yield* WhatsApp
      const [me, eve] = [whatsapp.addPerson(), whatsapp.addPerson()]
      const session = yield* linked(alice, me)
      const enc = { tag: "enc", attrs: { v: "2", type: "msg" }, content: Buffer.alloc(90, 7) }
      const attrs = {
        id: "GARBAGE1",
        from: eve.pnJid,
        sender_lid: eve.lidJid,
        type: "text",
        t: "1",
      }
      whatsapp.push(me, { tag: "message", attrs, content: [enc] })
      const labels = `{organization="${alice.organization.id}",session="${session}"}`
      yield* eventually(
        scrape,
        ({ text }) => valueOf(text, `whatsapp_session_undecryptable_total${labels}`) === 1,
      )
    }),
  )

  it.scoped("count no session as working that no process holds", () =>
    Effect.gen(function* () {
      const [sql, owner] = [yield* SystemSql, yield* OwnerSql]
      const count = Effect.map(scrape, ({ text }) =>
        ["starting", "working"].map(
          (status) => valueOf(text, `whatsapp_sessions{status="${status}"}`) ?? 0,
        ),
      )
      const org = yield* organization
      const session = yield* storedSession(org)
      yield* sql`
        INSERT INTO session_leases (session_id, organization_id, fence) VALUES (${session}, ${org}, 1)`
      const [starting, working] = yield* count
      // Locked, it is not taken while the test looks.
      yield* sql`SELECT FROM session_leases WHERE session_id = ${session} FOR UPDATE`.pipe(
        Effect.zipRight(
          owner`UPDATE sessions SET desired = 'running', status = 'working'
                WHERE session_id = ${session}`,
        ),
        Effect.zipRight(Effect.map(count, (now) => expect(now).toEqual([starting! + 1, working]))),
        sql.withTransaction,
      )
    }),
  )

  it.effect("tell how long each operation takes, whoever made up the path", () =>
    Effect.gen(function* () {
      const alice = yield* tenant()
      yield* api("/sessions", { as: alice.key })
      yield* api("/no-such-path", { as: alice.key })
      const { text } = yield* scrape
      const listed = `http_request_duration_seconds_count{operation="listSessions",status="200"}`
      expect(valueOf(text, listed)).toBeGreaterThan(0)
      expect(text).toContain(`{operation="unknown",status="404",le="+Inf"}`)
      expect(text).not.toContain("no-such-path")
    }),
  )

  describe("are for the operator alone", () => {
    it.effect("not for tenants, nor for those without a credential", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const [none, key] = [yield* send("/metrics"), yield* send("/metrics", { as: alice.key })]
        expect([none.status, none.body.error.details.reason]).toEqual([401, "missing_credential"])
        expect([key.status, key.body.error.details.reason]).toEqual([401, "invalid_token"])
      }),
    )
  })
})

layer(gateway(), { excludeTestServices: true })("metrics without a METRICS_TOKEN", (it) => {
  it.effect("do not exist", () =>
    Effect.gen(function* () {
      const [none, other] = [yield* send("/metrics"), yield* send("/no-such-path")]
      expect([none.status, none.text]).toEqual([404, other.text])
    }),
  )
})
