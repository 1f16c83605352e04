import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { BinaryNode } from "../../emulator/wire/Nodes.ts"
import { answering } from "../../support/Answering.ts"
import { eventually, linked, tenant } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { contactNotFound, Stage } from "./Stage.ts"

const ask = (path: string, method = "GET") =>
  Effect.flatMap(Stage, ({ alice, contacts }) =>
    api(`${contacts}${path}`, { as: alice.key, method }),
  )

const nobody = "999000111222333@lid"

layer(Stage.layer, { excludeTestServices: true })("live contacts", (it) => {
  describe("checkContact", () => {
    it.effect("finds who answers to a number, however it is written", () =>
      Effect.gen(function* () {
        const { dan } = yield* Stage
        for (const query of [dan.pn, `+${dan.pn}`, dan.pn.replace(/^(..)(...)/, "+$1 $2-")]) {
          const { body, status } = yield* ask(`/check?phone=${encodeURIComponent(query)}`)
          expect([status, body]).toEqual([200, { isOnWhatsApp: true, jid: dan.pnJid, query }])
        }
      }),
    )

    it.effect("says so where nobody does", () =>
      Effect.gen(function* () {
        const { body, status } = yield* ask("/check?phone=15550001111")
        expect([status, body]).toEqual([
          200,
          { isOnWhatsApp: false, jid: "", query: "15550001111" },
        ])
      }),
    )

    it.effect("names a phone that is none", () =>
      Effect.gen(function* () {
        for (const query of ["", "?phone=", "?phone=mum", "?phone=12"]) {
          const { body, status } = yield* ask(`/check${query}`)
          expect([query, status, body.error.details.fields[0].path]).toEqual([query, 400, "phone"])
        }
      }),
    )
  })

  describe("getContactAbout", () => {
    it.effect(
      "answers what the person wrote, to either address, and nothing where they did not",
      () =>
        Effect.gen(function* () {
          const { ada, bea } = yield* Stage
          ada.profile.about = "Busy ☕"
          expect((yield* ask(`/${ada.lidJid}/about`)).body).toEqual({ about: "Busy ☕" })
          expect((yield* ask(`/${ada.pnJid}/about`)).body).toEqual({ about: "Busy ☕" })
          expect((yield* ask(`/${bea.lidJid}/about`)).body).toEqual({ about: "" })
        }),
    )

    it.effect("answers 404 where WhatsApp knows nobody", () =>
      Effect.gen(function* () {
        const { body, status } = yield* ask(`/${nobody}/about`)
        expect([status, body]).toEqual([404, contactNotFound])
      }),
    )
  })

  describe("getContactPicture", () => {
    const pictureNotFound = {
      error: { code: "not_found", message: "contact picture not found", details: {} },
    }

    it.effect("answers where the picture lies", () =>
      Effect.gen(function* () {
        const { ada, whatsapp } = yield* Stage
        ada.profile.picture = "1700000001"
        const { body, status } = yield* ask(`/${ada.pnJid}/picture`)
        expect(status).toBe(200)
        expect(body).toEqual({ id: "1700000001", url: expect.stringContaining("1700000001") })
        expect(whatsapp.unsupported).toEqual([])
      }),
    )

    it.effect("answers 404 where there is none, where it is hidden, and where nobody is", () =>
      Effect.gen(function* () {
        const { bea, carl, whatsapp } = yield* Stage
        carl.profile.picture = "1700000002"
        whatsapp.as(carl).setPrivacy("profile", "none")
        for (const jid of [bea.lidJid, carl.lidJid, nobody]) {
          const { body, status } = yield* ask(`/${jid}/picture`)
          expect([jid, status, body]).toEqual([jid, 404, pictureNotFound])
        }
      }),
    )
  })

  describe("blockContact and unblockContact", () => {
    it.effect("change WhatsApp, and say the same when it is so already", () =>
      Effect.gen(function* () {
        const { ada, me } = yield* Stage
        const acts = [
          ["block", true],
          ["block", true],
          ["unblock", false],
          ["unblock", false],
        ] as const
        for (const [act, isBlocked] of acts) {
          const { status, text } = yield* ask(`/${ada.lidJid}/${act}`, "POST")
          expect([act, status, text]).toEqual([act, 204, ""])
          expect(me.profile.blocked.has(ada.id)).toBe(isBlocked)
        }
      }),
    )

    it.effect("take the number of a stranger as well", () =>
      Effect.gen(function* () {
        const { dan, me } = yield* Stage
        expect((yield* ask(`/${dan.pnJid}/block`, "POST")).status).toBe(204)
        expect(me.profile.blocked.has(dan.id)).toBe(true)
        expect((yield* ask(`/${dan.pn}:7@s.whatsapp.net/unblock`, "POST")).status).toBe(204)
        expect(me.profile.blocked.has(dan.id)).toBe(false)
      }),
    )

    it.effect("tell WhatsApp both addresses of whom they block", () =>
      Effect.gen(function* () {
        const { ada, whatsapp } = yield* Stage
        yield* ask(`/${ada.lidJid}/block`, "POST")
        const { node } = whatsapp.received.findLast(
          ({ node }) => node.attrs["xmlns"] === "blocklist" && node.attrs["type"] === "set",
        )!
        expect(node.content).toMatchObject([
          { attrs: { action: "block", jid: ada.lidJid, pn_jid: ada.pnJid } },
        ])
        yield* ask(`/${ada.lidJid}/unblock`, "POST")
      }),
    )

    it.effect("answer 404 where WhatsApp knows nobody", () =>
      Effect.gen(function* () {
        for (const jid of [nobody, "15550001111@s.whatsapp.net"]) {
          const { body, status } = yield* ask(`/${jid}/block`, "POST")
          expect([jid, status, body]).toEqual([jid, 404, contactNotFound])
          expect((yield* ask(`/${jid}/unblock`, "POST")).status).toBe(404)
        }
      }),
    )
  })

  describe("WhatsApp's directory", () => {
    const lookUps = (whatsapp: Emulator) => {
      const stranger = () => whatsapp.addPerson({ name: "Stranger" })
      return [
        () => ask(`/check?phone=${stranger().pn}`),
        () => ask(`/${stranger().lidJid}/about`),
        () => ask(`/${stranger().pnJid}/block`, "POST"),
      ]
    }
    const isLookUp = { xmlns: "usync" }
    const el = (tag: string, content: Array<BinaryNode> = [], attrs = {}) => ({
      tag,
      attrs,
      content,
    })

    it.effect("is not taken to know nobody when it says nothing", () =>
      Effect.gen(function* () {
        const { me, whatsapp } = yield* Stage
        const nothings = [[], [el("usync")], [el("usync", [el("result"), el("list")])]]
        for (const nothing of nothings)
          for (const lookUp of lookUps(whatsapp)) {
            answering(whatsapp, me, isLookUp, nothing)
            const { body, status } = yield* lookUp()
            expect([status, body.error?.code]).toEqual([502, "upstream_error"])
          }
        const silentUser = [el("usync", [el("list", [el("user")])])]
        answering(whatsapp, me, isLookUp, silentUser)
        expect((yield* lookUps(whatsapp)[0]!()).status).toBe(502)
      }),
    )

    it.effect("is heard when it refuses within its answer", () =>
      Effect.gen(function* () {
        const { me, whatsapp } = yield* Stage
        const attrs = { code: "429", text: "rate-overlimit", backoff: "2" }
        const error = el("error", [], attrs)
        for (const lookUp of lookUps(whatsapp))
          for (const places of [[error], [el("result", [error])]]) {
            answering(whatsapp, me, isLookUp, [el("usync", places)])
            const { body, headers, status } = yield* lookUp()
            expect([status, body.error?.code]).toEqual([429, "rate_limited"])
            expect(headers.get("retry-after")).toBe("2")
          }
        const refused = el("contact", [el("error", [], { code: "503", text: "away" })])
        answering(whatsapp, me, isLookUp, [el("usync", [el("result", [refused])])])
        const { body } = yield* lookUps(whatsapp)[0]!()
        expect(body.error.details.whatsapp).toEqual({ code: 503, text: "away" })
      }),
    )

    it.effect("is not taken to know no picture when it answers without one", () =>
      Effect.gen(function* () {
        const { ada, me, whatsapp } = yield* Stage
        for (const nothing of [[], [el("picture")]]) {
          answering(whatsapp, me, { xmlns: "w:profile:picture" }, nothing)
          const { body, status } = yield* ask(`/${ada.lidJid}/picture`)
          expect([status, body.error.code]).toEqual([502, "upstream_error"])
        }
      }),
    )
  })

  it.effect("answers 501 when the connection is lost over the question", () =>
    Effect.gen(function* () {
      const { ada, whatsapp } = yield* Stage
      const carol = whatsapp.addPerson({ name: "Carol" })
      const owner = yield* tenant()
      const session = yield* linked(owner, carol)
      whatsapp.fault({ xmlns: "w:profile:picture", person: carol, kick: "drop" })
      const path = `/sessions/${session}/contacts/${ada.lidJid}/picture`
      const { body, status } = yield* api(path, { as: owner.key })
      expect([status, body.error.details.reason]).toEqual([501, "session_not_connected"])
    }),
  )

  it.effect("follows somebody to a new number, and the old one leads nowhere", () =>
    Effect.gen(function* () {
      const { alice, bea, contacts, whatsapp } = yield* Stage
      const path = `${contacts}/${bea.lidJid}`
      const { body: before } = yield* api(path, { as: alice.key })
      const oldPn = bea.pnJid
      whatsapp.as(bea).changeNumber("491701234567")
      const { body } = yield* eventually(
        api(path, { as: alice.key }),
        ({ body }) => body.identity.phoneNumber === "491701234567",
      )
      expect(body.identity.id).toBe(before.identity.id)
      expect((yield* api(`${contacts}/${oldPn}`, { as: alice.key })).status).toBe(404)
    }),
  )
})
