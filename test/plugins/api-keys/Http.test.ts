import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { gateway } from "../../support/FreshGateway.ts"
import { tenant } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"

const notFound = { error: { code: "not_found", message: "api key not found", details: {} } }

const create = (as: string, json: unknown) => api("/api-keys", { as, method: "POST", json })
const reader = { name: "reader", capabilities: ["read"] }

layer(gateway(), { excludeTestServices: true })("API keys over HTTP", (it) => {
  describe("createApiKey", () => {
    it.effect("answers the token, this once, and it opens what it should", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { body, status } = yield* create(alice.key, reader)
        expect(status).toBe(201)
        expect(body).toEqual({
          id: expect.stringMatching(/^key_[0-9A-Z]{26}$/),
          name: "reader",
          capabilities: ["read"],
          createdAt: expect.any(Number),
          expiresAt: null,
          lastUsedAt: null,
          token: expect.stringMatching(/^wa_/),
        })
        expect((yield* api("/sessions", { as: body.token })).status).toBe(200)
        expect((yield* create(body.token, reader)).status).toBe(403)
        const { text } = yield* api("/api-keys", { as: alice.key })
        expect(text).not.toContain(body.token.split("_")[2])
      }),
    )

    it.effect("stores a capability once, however often it is named", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const twice = { name: "twice", capabilities: ["read", "send", "read"] }
        expect((yield* create(alice.key, twice)).body.capabilities).toEqual(["read", "send"])
        const { body } = yield* api("/api-keys", { as: alice.key })
        expect(body.data.at(-1).capabilities).toEqual(["read", "send"])
      }),
    )

    it.effect("makes keys that stop on time", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { body } = yield* create(alice.key, { ...reader, expiresAt: Date.now() + 300 })
        expect((yield* api("/sessions", { as: body.token })).status).toBe(200)
        yield* Effect.sleep("400 millis")
        expect((yield* api("/sessions", { as: body.token })).status).toBe(401)
      }),
    )

    it.effect("names every wrong field and never grants super_admin", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { body, status } = yield* create(alice.key, {
          name: "",
          capabilities: ["super_admin"],
          organizationId: "org_1",
        })
        expect(status).toBe(400)
        expect(body.error.details.fields.map(({ path }: { path: string }) => path).sort()).toEqual([
          "capabilities.0",
          "name",
          "organizationId",
        ])
      }),
    )
  })

  describe("listApiKeys", () => {
    it.effect("shows an organization its own keys and when they were last used", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        yield* tenant()
        yield* create(alice.key, reader)
        yield* Effect.sleep("100 millis")
        const { body } = yield* api("/api-keys", { as: alice.key })
        expect(body.data.map(({ name }: { name: string }) => name)).toEqual(["test", "reader"])
        expect(body.data[0].lastUsedAt).toBeGreaterThan(Date.now() - 10_000)
        expect(body.data[1].lastUsedAt).toBeNull()
      }),
    )
  })

  describe("deleteApiKey", () => {
    it.effect("closes the door at once", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const { body } = yield* create(alice.key, reader)
        expect((yield* api("/sessions", { as: body.token })).status).toBe(200)
        const { status } = yield* api(`/api-keys/${body.id}`, { as: alice.key, method: "DELETE" })
        expect(status).toBe(204)
        expect((yield* api("/sessions", { as: body.token })).status).toBe(401)
      }),
    )

    it.effect("tells another organization what it tells of a key that does not exist", () =>
      Effect.gen(function* () {
        const alice = yield* tenant()
        const bob = yield* tenant()
        const { id, token } = (yield* create(alice.key, reader)).body
        const remove = (key: string) => api(`/api-keys/${key}`, { as: bob.key, method: "DELETE" })
        const foreign = yield* remove(id)
        expect([foreign.status, foreign.body]).toEqual([404, notFound])
        expect((yield* remove("key_01J9ZX8K2QHV0M3T6R7P4N5W8C")).text).toBe(foreign.text)
        expect((yield* api("/sessions", { as: token })).status).toBe(200)
      }),
    )
  })
})
