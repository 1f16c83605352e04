import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { gateway } from "../../support/FreshGateway.ts"
import { linked, tenant, type Tenant, WhatsApp } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { events, notFound, stands, stopped, verdict } from "./Stage.ts"

const pair = ({ key }: Tenant, session: string, phone: unknown) => ({
  path: `/sessions/${session}/pairing-code`,
  request: { as: key, method: "POST", json: { phone } },
})

const ask = (tenant: Tenant, session: string, phone: unknown) => {
  const { path, request } = pair(tenant, session, phone)
  return api(path, request)
}

layer(gateway(), { excludeTestServices: true })("linking over HTTP", (it) => {
  describe("sessionPairingCode", () => {
    it.effect("answers a code that links the phone it is typed into, and logs it", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const whatsapp = yield* WhatsApp
        const me = whatsapp.addPerson()
        const id = yield* stopped(alice)
        const { body, status } = yield* ask(alice, id, `+${me.pn}`)
        expect([status, body]).toEqual([
          200,
          {
            code: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/),
            expiresAt: expect.any(Number),
          },
        ])
        expect(body.expiresAt).toBeGreaterThan(Date.now())
        expect(yield* events(id, "auth.code")).toEqual([
          { expiresAt: body.expiresAt, phone: me.pn },
        ])
        yield* Effect.promise(() => whatsapp.enterPairingCode(me, body.code.replace("-", "")))
        const { phoneNumber } = yield* stands(alice, id, "working")
        expect(phoneNumber).toBe(me.pn)
      }),
    )

    it.effect("answers 409 once a phone is linked", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const me = (yield* WhatsApp).addPerson()
        const id = yield* linked(alice, me)
        const { path, request } = pair(alice, id, me.pn)
        expect(yield* verdict(path, request)).toEqual([409, "already_paired"])
      }),
    )

    it.effect.each(["", "12", "0812345678", "62 812", 6281234567890, null])(
      "takes no %s for a phone number",
      (phone) =>
        Effect.gen(function* () {
          const alice = yield* tenant()
          const { body, status } = yield* ask(alice, yield* stopped(alice), phone)
          expect([status, body.error.details.fields[0].path]).toEqual([400, "phone"])
        }),
    )

    it.effect("passes on what WhatsApp says to the number", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const whatsapp = yield* WhatsApp
        const me = whatsapp.addPerson()
        const id = yield* stopped(alice)
        const child = "link_code_companion_reg"
        whatsapp.fault({ child, code: 429, text: "rate-overlimit", attrs: { backoff: "7" } })
        const limited = yield* ask(alice, id, me.pn)
        expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"])
        whatsapp.fault({ child, code: 400, text: "bad-request" })
        const refused = yield* ask(alice, id, me.pn)
        expect(refused.status).toBe(502)
        expect(refused.body.error.details.whatsapp).toEqual({ code: 400, text: "bad-request" })
        whatsapp.fault({ child, drop: true })
        expect((yield* ask(alice, id, me.pn)).status).toBe(504)
        expect((yield* ask(alice, id, me.pn)).status).toBe(200)
      }),
    )

    it.effect("gives nobody else a code", () =>
      Effect.gen(function* () {
        const [alice, bob] = yield* Effect.all([tenant(), tenant()])
        const id = yield* stopped(alice)
        const foreign = yield* ask(bob, id, "6281234567890")
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
        yield* stands(alice, id, "stopped")
      }),
    )
  })

  describe("sessionQR", () => {
    const accepting = ({ key }: Tenant, session: string, accept: string) =>
      api(`/sessions/${session}/qr`, { as: key, headers: { accept } })

    it.effect("is drawn for those who ask for a picture", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const id = yield* stopped(alice)
        const png = yield* accepting(alice, id, "image/png")
        expect([png.status, png.headers.get("content-type")]).toEqual([200, "image/png"])
        expect(png.text.slice(1, 4)).toBe("PNG")
        const svg = yield* accepting(alice, id, "image/webp, image/svg+xml;q=0.9, */*;q=0.1")
        expect(svg.headers.get("content-type")).toBe("image/svg+xml")
        expect(svg.text).toMatch(/^<svg /)
        const text = yield* accepting(alice, id, "text/*")
        expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8")
        expect(text.text).toContain("█")
        const json = yield* accepting(alice, id, "*/*")
        expect(json.body).toEqual({ code: expect.any(String), expiresAt: expect.any(Number) })
        expect(yield* events(id, "auth.qr")).toEqual([{ expiresAt: json.body.expiresAt }])
      }),
    )

    it.effect(
      "answers 404 while WhatsApp has given none",
      () =>
        Effect.gen(function* () {
          const alice = yield* tenant()
          const whatsapp = yield* WhatsApp
          const id = yield* stopped(alice)
          yield* Effect.promise(() => whatsapp.goDown())
          const { path, request } = pair(alice, id, "6281234567890")
          const [qr, code] = yield* Effect.all(
            [verdict(`/sessions/${id}/qr`, { as: alice.key }), verdict(path, request)],
            { concurrency: 2 },
          ).pipe(Effect.ensuring(Effect.promise(() => whatsapp.comeBack())))
          expect(qr).toEqual([404, "qr_not_ready"])
          expect(code).toEqual([504, undefined])
          yield* stands(alice, id, "scan_qr_code")
        }),
      60_000,
    )
  })
})
