import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { command, look, notFound, stands, stopped, unknown, verdict } from "./Stage.ts"

const verbs = ["start", "stop", "restart", "logout"] as const

layer(gateway(), { excludeTestServices: true })("commands over HTTP", (it) => {
  const linkedOne = Effect.fn(function* () {
    const alice = yield* tenant()
    const whatsapp = yield* WhatsApp
    const me = whatsapp.addPerson({ name: "Maria" })
    return { alice, whatsapp, me, id: yield* linked(alice, me) } as const
  })

  describe.each(verbs)("%sSession", (verb) => {
    it.effect("is not found where the session is foreign, or none", () =>
      Effect.gen(function* () {
        const [alice, bob] = yield* Effect.all([tenant(), tenant()])
        const id = yield* stopped(alice)
        const foreign = yield* command(bob, id, verb)
        const none = yield* api(`${unknown}:${verb}`, { as: bob.key, method: "POST" })
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
        expect([none.status, none.text]).toEqual([foreign.status, foreign.text])
        expect((yield* look(alice, id)).status).toBe("stopped")
      }),
    )

    it.effect("needs the capability manage", () =>
      Effect.gen(function* () {
        const alice = yield* tenant(["read", "send"])
        const path = `${unknown}:${verb}`
        expect(yield* verdict(path, { as: alice.key, method: "POST" })).toEqual([403, "capability"])
      }),
    )
  })

  it.effect("start runs a session, and asked twice changes nothing", () =>
    Effect.gen(function* () {
      const alice = yield* tenant()
      const id = yield* stopped(alice)
      const first = yield* command(alice, id, "start")
      expect([first.status, first.body.id]).toEqual([200, id])
      expect(["starting", "scan_qr_code"]).toContain(first.body.status)
      const { runtime } = yield* stands(alice, id, "scan_qr_code")
      expect((yield* command(alice, id, "start")).body.status).toBe("scan_qr_code")
      expect((yield* look(alice, id)).runtime.since).toBe(runtime.since)
    }),
  )

  it.effect("stop lets go of WhatsApp, keeps the link, and can be asked twice", () =>
    Effect.gen(function* () {
      const { alice, id, me, whatsapp } = yield* linkedOne()
      for (const _ of [1, 2]) {
        const { body, status } = yield* command(alice, id, "stop")
        expect([status, body.status]).toEqual([200, "stopped"])
      }
      expect(whatsapp.isOnline(me)).toBe(false)
      yield* command(alice, id, "start")
      yield* stands(alice, id, "working")
      expect(me.companions.size).toBe(1)
    }),
  )

  it.effect("restart makes a new connection of the same link", () =>
    Effect.gen(function* () {
      const { alice, id, me } = yield* linkedOne()
      const [before] = [...me.companions.values()].map(({ link }) => link)
      const { runtime } = yield* look(alice, id)
      const { body, status } = yield* command(alice, id, "restart")
      expect(status).toBe(200)
      expect(body.runtime.since).toBeGreaterThan(runtime.since)
      yield* stands(alice, id, "working")
      expect([...me.companions.values()].map(({ link }) => link === before)).toEqual([false])
    }),
  )

  it.effect.each(["start", "restart"])("%s brings a failed session back", (verb) =>
    Effect.gen(function* () {
      const { alice, id, me, whatsapp } = yield* linkedOne()
      whatsapp.kick(me, "replaced")
      const failed = yield* stands(alice, id, "failed")
      expect(failed.runtime.lastError).toMatchObject({ reason: "replaced", code: 440 })
      expect(failed.runtime.nextAttemptAt).toBe(null)
      expect((yield* command(alice, id, verb)).status).toBe(200)
      yield* stands(alice, id, "working")
      expect(me.companions.size).toBe(1)
    }),
  )

  it.effect("stop ends the waiting of a failed session", () =>
    Effect.gen(function* () {
      const { alice, id, me, whatsapp } = yield* linkedOne()
      whatsapp.kick(me, "locked")
      yield* stands(alice, id, "failed")
      expect((yield* command(alice, id, "stop")).body.status).toBe("stopped")
    }),
  )

  it.effect("logout takes the device off the phone, and the next code links anew", () =>
    Effect.gen(function* () {
      const { alice, id, me, whatsapp } = yield* linkedOne()
      for (const _ of [1, 2]) {
        const { body, status } = yield* command(alice, id, "logout")
        expect([status, body.status]).toEqual([200, "logged_out"])
      }
      expect(me.companions.size).toBe(0)
      expect(yield* verdict(`/sessions/${id}/me`, { as: alice.key })).toEqual([404, "not_linked"])
      const { body: qr } = yield* api(`/sessions/${id}/qr`, { as: alice.key })
      yield* Effect.promise(() => whatsapp.scanQr(qr.code, me))
      yield* stands(alice, id, "working")
    }),
  )

  it.effect.each(["stopped", "failed"] as const)(
    "logout takes the device of a %s session off the phone as well",
    (status) =>
      Effect.gen(function* () {
        const { alice, id, me, whatsapp } = yield* linkedOne()
        if (status === "stopped") yield* command(alice, id, "stop")
        else whatsapp.kick(me, "replaced")
        yield* stands(alice, id, status)
        const { body } = yield* command(alice, id, "logout")
        expect([body.status, me.companions.size]).toEqual(["logged_out", 0])
      }),
  )

  it.effect("a stopped session that is deleted leaves no device on the phone", () =>
    Effect.gen(function* () {
      const { alice, id, me } = yield* linkedOne()
      yield* command(alice, id, "stop")
      const { status } = yield* api(`/sessions/${id}`, { as: alice.key, method: "DELETE" })
      expect([status, me.companions.size]).toEqual([204, 0])
    }),
  )

  describe("sessionMe", () => {
    it.effect("tells the linked account, online or not", () =>
      Effect.gen(function* () {
        const { alice, id, me } = yield* linkedOne()
        const told = {
          jid: me.pnJid,
          lid: me.lidJid,
          phoneNumber: me.pn,
          name: expect.any(String),
        }
        const answer = yield* api(`/sessions/${id}/me`, { as: alice.key })
        expect([answer.status, answer.body]).toEqual([200, told])
        yield* command(alice, id, "stop")
        expect((yield* api(`/sessions/${id}/me`, { as: alice.key })).body).toEqual(told)
      }),
    )

    it.effect("answers 404 while no phone is linked, and to everybody else", () =>
      Effect.gen(function* () {
        const [alice, bob] = yield* Effect.all([tenant(), tenant()])
        const id = yield* stopped(alice)
        expect(yield* verdict(`/sessions/${id}/me`, { as: alice.key })).toEqual([404, "not_linked"])
        const foreign = yield* api(`/sessions/${id}/me`, { as: bob.key })
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
      }),
    )
  })

  it.effect("a session that lost its connection works again, and says why it was gone", () =>
    Effect.gen(function* () {
      const { alice, id, me, whatsapp } = yield* linkedOne()
      whatsapp.kick(me, "drop")
      const { runtime } = yield* eventually(
        look(alice, id),
        ({ runtime, status }) => status === "working" && runtime.reconnects === 1,
      )
      expect(runtime).toMatchObject({ lastError: { reason: "lost" }, nextAttemptAt: null })
      expect(runtime.lastTrafficAt).toBeGreaterThan(runtime.lastError.at)
    }),
  )
})
