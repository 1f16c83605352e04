import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { api } from "../../support/Http.ts"
import { contactNotFound, heard, Stage } from "./Stage.ts"

const namesIn = (body: { readonly data: ReadonlyArray<{ readonly name: string }> }) =>
  body.data.map(({ name }) => name).sort()

layer(Stage.layer, { excludeTestServices: true })("stored contacts", (it) => {
  describe("getContact", () => {
    it.effect("answers the fields and types of the reference, and no others", () =>
      Effect.gen(function* () {
        const { ada, alice, contacts, family, team } = yield* Stage
        const { body, status } = yield* api(`${contacts}/${ada.lidJid}`, { as: alice.key })
        expect(status).toBe(200)
        const groupIn = (jid: string, name: string, role: string, tag: string) => ({
          jid,
          lastSeen: expect.any(Number),
          name,
          role,
          tag,
        })
        expect(body).toEqual({
          dm: true,
          groups: expect.toSatisfy((groups: ReadonlyArray<object>) => groups.length === 2),
          identity: {
            businessName: "",
            firstSeenAt: expect.any(Number),
            id: expect.any(Number),
            lid: ada.lidJid,
            name: "Ada",
            phoneJid: ada.pnJid,
            phoneNumber: ada.pn,
            updatedAt: expect.any(Number),
          },
        })
        expect(body.groups).toEqual(
          expect.arrayContaining([
            groupIn(team.jid, "Project Team", "member", "Treasurer"),
            groupIn(family.jid, "Family", "superadmin", ""),
          ]),
        )
      }),
    )

    it.effect("takes either address, bare or encoded, with or without a device", () =>
      Effect.gen(function* () {
        const { ada, alice, contacts } = yield* Stage
        const spellings = [
          ada.pnJid,
          encodeURIComponent(ada.lidJid),
          encodeURIComponent(ada.pnJid),
          `${ada.lid}:3@lid`,
          `${ada.pn}:12@s.whatsapp.net`,
          `${ada.pnJid}:12`,
        ]
        const { text } = yield* api(`${contacts}/${ada.lidJid}`, { as: alice.key })
        for (const spelling of spellings) {
          const answer = yield* api(`${contacts}/${spelling}`, { as: alice.key })
          expect([spelling, answer.text]).toEqual([spelling, text])
        }
      }),
    )

    it.effect("prefers the saved name, and leaves empty what is not known", () =>
      Effect.gen(function* () {
        const { alice, carl, contacts } = yield* Stage
        const { body } = yield* api(`${contacts}/${carl.lidJid}`, { as: alice.key })
        expect(body).toMatchObject({
          dm: true,
          groups: [],
          identity: { name: "Carl Öztürk", businessName: "" },
        })
      }),
    )

    it.effect("says that there is no direct chat with somebody who is only in a group", () =>
      Effect.gen(function* () {
        const { alice, bea, contacts } = yield* Stage
        const { body } = yield* api(`${contacts}/${bea.lidJid}`, { as: alice.key })
        expect([body.dm, body.groups.length]).toEqual([false, 1])
      }),
    )

    it.effect("answers 404 for somebody whom the session has not met, asking nobody", () =>
      Effect.gen(function* () {
        const { alice, contacts, dan, idle, ada, whatsapp } = yield* Stage
        const before = heard(whatsapp, ({ tag }) => tag === "iq")
        const stranger = yield* api(`${contacts}/${dan.lidJid}`, { as: alice.key })
        const beside = yield* api(`/sessions/${idle}/contacts/${ada.lidJid}`, { as: alice.key })
        expect([stranger.status, stranger.body]).toEqual([404, contactNotFound])
        expect([beside.status, beside.body]).toEqual([404, contactNotFound])
        expect(heard(whatsapp, ({ tag }) => tag === "iq")).toBe(before)
      }),
    )
  })

  describe("listContacts", () => {
    const list = (query: string) =>
      Effect.flatMap(Stage, ({ alice, contacts }) => api(`${contacts}${query}`, { as: alice.key }))

    it.effect("answers everybody met, each as getContact tells their identity", () =>
      Effect.gen(function* () {
        const { alice, contacts } = yield* Stage
        const { body } = yield* list("")
        expect(namesIn(body)).toEqual(expect.arrayContaining(["Ada", "Bea", "Carl Öztürk"]))
        expect(body.nextCursor).toBe("")
        for (const contact of body.data) {
          const one = yield* api(`${contacts}/${contact.lid || contact.phoneJid}`, {
            as: alice.key,
          })
          expect(one.body.identity).toEqual(contact)
        }
      }),
    )

    it.effect("filters by direct chat, by any group, by one group, and by all of it", () =>
      Effect.gen(function* () {
        const { family, team } = yield* Stage
        expect(namesIn((yield* list("?source=dm")).body)).toEqual(["Ada", "Carl Öztürk"])
        const inGroups = namesIn((yield* list("?source=group")).body)
        expect(inGroups).toEqual(expect.arrayContaining(["Ada", "Bea"]))
        expect(inGroups).not.toContain("Carl Öztürk")
        const inTeam = namesIn((yield* list(`?group=${team.jid}`)).body)
        expect(inTeam).toContain("Bea")
        expect(namesIn((yield* list(`?group=${family.jid}`)).body)).not.toContain("Bea")
        const both = yield* list(`?source=dm&group=${encodeURIComponent(team.jid)}&q=ad`)
        expect(namesIn(both.body)).toEqual(["Ada"])
        expect((yield* list("?group=120363999999999999@g.us")).body.data).toEqual([])
      }),
    )

    it.effect("finds names whatever their case, and numbers however they are written", () =>
      Effect.gen(function* () {
        const { carl } = yield* Stage
        const spaced = carl.pn.replace(/^(..)(...)/, "+$1 $2-")
        for (const q of ["öztÜRK", "carl", carl.pn.slice(4), spaced]) {
          const { body } = yield* list(`?q=${encodeURIComponent(q)}`)
          expect([q, namesIn(body)]).toEqual([q, ["Carl Öztürk"]])
        }
        for (const q of ["%", "_", "nobody"])
          expect((yield* list(`?q=${encodeURIComponent(q)}`)).body.data).toEqual([])
      }),
    )

    it.effect("pages through all of them, each once, whoever comes meanwhile", () =>
      Effect.gen(function* () {
        const { dan, me, whatsapp } = yield* Stage
        const all = (yield* list("")).body.data
        const seen: Array<{ readonly id: number }> = []
        let cursor = ""
        do {
          const query: string = cursor === "" ? "" : `&cursor=${cursor}`
          const { body } = yield* list(`?limit=1${query}`)
          expect(body.data.length).toBeLessThanOrEqual(1)
          seen.push(...body.data)
          cursor = body.nextCursor
          if (seen.length === 1) yield* Effect.promise(() => whatsapp.sendText(dan, me, "Hi"))
        } while (cursor !== "")
        expect(seen.slice(0, all.length)).toEqual(all)
        expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
      }),
    )

    it.effect("names a forged cursor, a cursor of another list and a field nobody knows", () =>
      Effect.gen(function* () {
        const { body: page } = yield* list("?limit=1")
        const forged = Buffer.from("1~aaaaaaaa").toString("base64url")
        const changed = `${page.nextCursor.slice(0, -2)}00`
        for (const [query, field] of [
          [`cursor=${forged}`, "cursor"],
          [`cursor=${changed}`, "cursor"],
          ["cursor=x", "cursor"],
          ["limit=-1", "limit"],
          ["limit=many", "limit"],
          ["source=story", "source"],
          ["group=family", "group"],
          ["sort=name", "sort"],
          ["q=a%00", "q"],
        ]) {
          const { body, status } = yield* list(`?${query}`)
          expect([query, status]).toEqual([query, 400])
          expect(body.error.details.fields.map(({ path }: { path: string }) => path)).toEqual([
            field,
          ])
        }
      }),
    )
  })
})
