import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WhatsApp } from "../../support/Gateway.ts"
import { pixel } from "./Operations.ts"
import { addressOf, ask, del, outcome, ownGroup, Scene } from "./Scene.ts"

const put = (path: string, image: unknown) => ask(path, { method: "PUT", json: { image } })

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })("pictures", (it) => {
  const fresh = Effect.map(ownGroup(), (group) => ({ group, path: `${addressOf(group)}/picture` }))

  describe("setGroupPicture", () => {
    it.effect.each([pixel, `data:image/png;base64,${pixel}`])("cuts it to a square JPEG", (image) =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { group, path } = yield* fresh
        const { body, status } = yield* put(path, image)
        expect([status, body]).toEqual([200, { id: group.picture }])
        const sent = whatsapp.server.pictures.get(group.picture!)!
        expect(sent.subarray(0, 3).toString("hex")).toBe("ffd8ff")
      }),
    )

    it.effect.each(["", "not base64!", Buffer.from("<svg/>").toString("base64"), null])(
      "refuses %j, naming the field",
      (image) =>
        Effect.gen(function* () {
          const { group, path } = yield* fresh
          const { body, status } = yield* put(path, image)
          expect([status, body.error.details.fields[0].path]).toEqual([400, "image"])
          expect(group.picture).toBeUndefined()
        }),
    )

    it.effect("refuses what only begins like an image", () =>
      Effect.gen(function* () {
        const { path } = yield* fresh
        const answer = yield* put(path, "/9j/4AAQSkZJRgABAQ==")
        expect(outcome(answer)).toEqual([400, "validation_error"])
        expect(answer.body.error.details.fields).toEqual([
          { path: "image", expected: "a whole image" },
        ])
      }),
    )
  })

  describe("getGroupPicture", () => {
    it.effect("answers where the picture is", () =>
      Effect.gen(function* () {
        const { group, path } = yield* fresh
        expect(outcome(yield* ask(path))).toEqual([404, "not_found"])
        yield* put(path, pixel)
        const { body, status } = yield* ask(path)
        expect(status).toBe(200)
        expect(body).toEqual({
          id: group.picture,
          url: expect.stringContaining(`/pictures/${group.picture}.jpg`),
        })
      }),
    )
  })

  describe("removeGroupPicture", () => {
    it.effect("takes it away, and again without a word", () =>
      Effect.gen(function* () {
        const { group, path } = yield* fresh
        yield* put(path, pixel)
        for (const _ of [1, 2]) {
          const { status, text } = yield* del(path)
          expect([status, text]).toEqual([204, ""])
          expect(group.picture).toBeUndefined()
        }
        expect((yield* ask(path)).status).toBe(404)
      }),
    )
  })
})
