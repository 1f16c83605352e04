import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import { answering } from "../../support/Answering.ts"
import { keyOf, tenant, WhatsApp } from "../../support/Gateway.ts"
import { baseUrl } from "../../support/Http.ts"
import { outcome, post, preferring, Scene } from "./Scene.ts"

/** Asks, and hangs up before WhatsApp can have answered. */
const hangingUp = Effect.fn(function* (name: string, key: string) {
  const { alice, bob, session } = yield* Scene
  const url = yield* baseUrl
  const headers = {
    authorization: `Bearer ${alice.key}`,
    "content-type": "application/json",
    "idempotency-key": key,
  }
  const body = JSON.stringify({ name, participants: [bob.pnJid] })
  const signal = AbortSignal.timeout(200)
  yield* Effect.promise(() =>
    fetch(`${url}/api/v1/sessions/${session}/groups`, {
      method: "POST",
      headers,
      body,
      signal,
    }).catch(() => undefined),
  )
})

let keys = 0
const freshKey = () => `order-${(keys += 1)}`

const asking = (name: string, key: string, headers = {}) =>
  Effect.flatMap(Scene, ({ bob }) =>
    post(
      "/groups",
      { name, participants: [bob.pnJid] },
      { headers: { "idempotency-key": key, ...headers } },
    ),
  )

const made = (name: string) =>
  Effect.map(WhatsApp, ({ world }) =>
    [...world.groups.values()].filter(({ subject }) => subject === name),
  )

/** The attempt's process died: nothing of it is heard any more. */
const crashed = (key: string) =>
  Effect.flatMap(SystemSql, (sql) => {
    return sql`UPDATE idempotency_keys SET answer = NULL, claimed_until = 0 WHERE key = ${key}`
  })

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })(
  "createGroup under a key",
  (it) => {
    it.effect("makes one group however often it is asked, and answers the same bytes", () =>
      Effect.gen(function* () {
        const key = freshKey()
        const answers = yield* Effect.replicateEffect(asking("Same", key), 3)
        expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
        expect(answers[0]!.status).toBe(201)
        expect(yield* made("Same")).toHaveLength(1)
        const told = yield* asking("Verdicts", freshKey(), preferring.headers)
        expect(told.body.verdicts).toHaveLength(1)
      }),
    )

    it.effect("makes one group of a hundred that ask at once", () =>
      Effect.gen(function* () {
        const key = freshKey()
        const answers = yield* Effect.replicateEffect(asking("Race", key), 100, {
          concurrency: "unbounded",
        })
        const statuses = new Set(answers.map(({ status }) => status))
        expect([...statuses].sort()).toEqual([201, 409].filter((status) => statuses.has(status)))
        expect(yield* made("Race")).toHaveLength(1)
        expect((yield* asking("Race", key)).status).toBe(201)
      }),
    )

    it.effect("refuses the key for anything else", () =>
      Effect.gen(function* () {
        const key = freshKey()
        yield* asking("One", key)
        expect(outcome(yield* asking("Other", key))).toEqual([422, "idempotency_mismatch"])
        expect(yield* made("Other")).toEqual([])
      }),
    )

    it.effect("keeps the keys of organizations apart", () =>
      Effect.gen(function* () {
        const key = freshKey()
        yield* asking("Alice's", key)
        const bob = yield* tenant()
        const sender = yield* keyOf(bob.organization, ["send"])
        const headers = { "idempotency-key": key }
        const participants = ["6281234567890@s.whatsapp.net"]
        const json = { name: "Bob's", participants }
        const answer = yield* post("/groups", json, { as: sender, headers })
        expect(outcome(answer)).toEqual([404, "not_found"])
      }),
    )

    it.effect("frees the key when WhatsApp refused", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const key = freshKey()
        whatsapp.fault({ child: "create", code: 429, text: "rate-overlimit" })
        expect((yield* asking("Later", key)).status).toBe(429)
        expect((yield* asking("Later", key)).status).toBe(201)
        expect(yield* made("Later")).toHaveLength(1)
      }),
    )

    it.effect("goes on when the caller hangs up", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const key = freshKey()
        whatsapp.fault({ child: "create", delayMs: 400 })
        yield* hangingUp("Impatient", key)
        expect((yield* asking("Impatient", key)).status).toBe(409)
        yield* Effect.sleep("700 millis")
        expect((yield* asking("Impatient", key)).status).toBe(201)
        expect(yield* made("Impatient")).toHaveLength(1)
      }),
    )

    describe("after a silence", () => {
      it.effect(
        "finds the group that was made, and makes the one that was not",
        () =>
          Effect.gen(function* () {
            const whatsapp = yield* WhatsApp
            const [carried, lost] = [freshKey(), freshKey()]
            whatsapp.fault({
              child: "create",
              mute: true,
              when: ({ content }) => JSON.stringify(content).includes("Carried out"),
            })
            whatsapp.fault({
              child: "create",
              drop: true,
              when: ({ content }) => JSON.stringify(content).includes("Never heard"),
            })
            const first = yield* Effect.all(
              [asking("Carried out", carried), asking("Never heard", lost)],
              { concurrency: 2 },
            )
            expect(first.map(({ status }) => status)).toEqual([504, 504])
            for (const [name, key] of [
              ["Carried out", carried],
              ["Never heard", lost],
            ] as const) {
              const answers = [yield* asking(name, key), yield* asking(name, key)]
              expect(answers.map(({ status }) => status)).toEqual([201, 201])
              expect(answers[0]!.text).toBe(answers[1]!.text)
              const groups = yield* made(name)
              expect(groups.map(({ jid }) => jid)).toEqual([answers[0]!.body.groupJid])
            }
          }),
        40_000,
      )
    })

    describe("after an answer that says nothing", () => {
      it.effect("finds the group that was made, whose verdicts are lost", () =>
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const { me } = yield* Scene
          const key = freshKey()
          answering(whatsapp, me, { child: "create" }, [], true)
          expect(outcome(yield* asking("Unread", key))).toEqual([502, "upstream_error"])
          const again = yield* asking("Unread", key, preferring.headers)
          expect(again.status).toBe(201)
          expect(again.body).not.toHaveProperty("verdicts")
          const groups = yield* made("Unread")
          expect(groups.map(({ jid }) => jid)).toEqual([again.body.groupJid])
        }),
      )

      it.effect("makes the group that WhatsApp broke over", () =>
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const key = freshKey()
          whatsapp.fault({ child: "create", code: 500, text: "internal-server-error" })
          expect(outcome(yield* asking("Broken", key))).toEqual([502, "upstream_error"])
          expect((yield* asking("Broken", key)).status).toBe(201)
          expect(yield* made("Broken")).toHaveLength(1)
        }),
      )
    })

    describe("after a crash", () => {
      it.effect("finds the group by the key that it was made under", () =>
        Effect.gen(function* () {
          const key = freshKey()
          const { body } = yield* asking("Crash", key)
          yield* crashed(key)
          const again = yield* asking("Crash", key)
          expect([again.status, again.body.groupJid]).toEqual([201, body.groupJid])
          expect(yield* made("Crash")).toHaveLength(1)
        }),
      )

      it.effect("finds the group of which not even that was stored", () =>
        Effect.gen(function* () {
          const key = freshKey()
          const { body } = yield* asking("Early crash", key)
          const sql = yield* SystemSql
          yield* crashed(key)
          yield* sql`DELETE FROM groups WHERE group_jid = ${body.groupJid}`
          const again = yield* asking("Early crash", key)
          expect([again.status, again.body.groupJid]).toEqual([201, body.groupJid])
          expect(yield* made("Early crash")).toHaveLength(1)
        }),
      )

      it.effect("never takes the group of another call for its own", () =>
        Effect.gen(function* () {
          const sql = yield* SystemSql
          const [mine, theirs] = [freshKey(), freshKey()]
          const { body } = yield* asking("Alike", mine)
          yield* crashed(mine)
          yield* sql`UPDATE groups SET made_by = ${theirs} WHERE group_jid = ${body.groupJid}`
          const again = yield* asking("Alike", mine)
          expect(again.body.groupJid).not.toBe(body.groupJid)
          expect(yield* made("Alike")).toHaveLength(2)
        }),
      )
    })

    it.effect.each(["", "a b", "x".repeat(256)])("refuses %j as a key", (key) =>
      Effect.map(asking("Bad key", key), ({ body, status }) => {
        expect([status, body.error.details.fields[0].path]).toEqual([400, "idempotency-key"])
      }),
    )
  },
)
