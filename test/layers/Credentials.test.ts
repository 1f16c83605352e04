import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ulid } from "ulid"
import { LocalIdentity, type LoginDraft } from "../../layers/LocalIdentity.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { Settings } from "../../src/Settings.ts"
import { gateway } from "../support/FreshGateway.ts"
import { type Tenant, tenant } from "../support/Gateway.ts"
import { api, send } from "../support/Http.ts"

const token = ({ organization }: Tenant, draft: Partial<LoginDraft>) =>
  Effect.flatMap(LocalIdentity, ({ issue }) =>
    issue({
      organization: organization.id,
      role: "member",
      subject: "user_1",
      ttl: "1 hour",
      ...draft,
    }),
  ).pipe(Effect.provide(LocalIdentity.Default))

const origin = "https://app.example"
const preflight = send("/api/v1/sessions", {
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "PATCH" },
})

const dataDir = mkdtempSync(join(tmpdir(), "identity-"))

layer(gateway({ AUTH_LOCAL: "on", DATA_DIR: dataDir }), { excludeTestServices: true })(
  "credentials",
  (it) => {
    describe("login tokens", () => {
      it.effect("open what the role opens, for the organization they name", () =>
        Effect.gen(function* () {
          const alice = yield* tenant()
          const member = yield* token(alice, { role: "member" })
          const owner = yield* token(alice, { role: "owner" })
          const create = (as: string) => api("/sessions", { as, method: "POST", json: {} })
          expect((yield* create(member)).status).toBe(403)
          const { body, status } = yield* create(owner)
          expect(status).toBe(201)
          expect(body).toMatchObject({
            organizationId: alice.organization.id,
            createdByUserId: "user_1",
          })
          const { body: listed } = yield* api("/sessions", { as: member })
          expect(listed.data).toEqual([expect.objectContaining({ id: body.id })])
        }),
      )

      it.effect("of an organization that does not exist are not valid, whatever they ask for", () =>
        Effect.gen(function* () {
          const { organization } = yield* tenant()
          const id = OrganizationId.make(`org_${ulid()}`)
          const nobody = { key: "", organization: { ...organization, id } }
          const [owner, admin] = [
            yield* token(nobody, { role: "owner" }),
            yield* token(nobody, { role: "owner", superAdmin: true }),
          ]
          const json = { name: "mine", capabilities: ["read"] }
          const answers = [
            yield* api("/sessions", { as: owner }),
            yield* api("/sessions", { as: owner, method: "POST", json: {} }),
            yield* api("/api-keys", { as: owner, method: "POST", json }),
            yield* api("/admin/organizations", { as: admin }),
          ]
          for (const { body, headers, status } of answers) {
            expect([status, body.error.details.reason]).toEqual([401, "invalid_token"])
            expect(headers.get("www-authenticate")).toContain('error="invalid_token"')
          }
        }),
      )

      it.effect("open /admin for super_admin alone", () =>
        Effect.gen(function* () {
          const alice = yield* tenant()
          const admin = yield* token(alice, { role: "owner", superAdmin: true })
          const list = (as: string) => api("/admin/organizations", { as })
          const { body, status } = yield* list(admin)
          expect(status).toBe(200)
          expect(body.data).toContainEqual(alice.organization)
          const owner = yield* list(yield* token(alice, { role: "owner" }))
          expect([owner.status, owner.body.error.details.required]).toEqual([403, "super_admin"])
          expect((yield* list(alice.key)).status).toBe(403)
        }),
      )

      it.effect("make organizations that start out empty", () =>
        Effect.gen(function* () {
          const admin = yield* token(yield* tenant(), { superAdmin: true })
          const json = { name: "ACME" }
          const path = "/admin/organizations"
          const { body, status } = yield* api(path, { as: admin, method: "POST", json })
          expect([status, body.name]).toEqual([201, "ACME"])
          const nameless = yield* api(path, { as: admin, method: "POST", json: { name: "" } })
          expect(nameless.status).toBe(400)
        }),
      )
    })

    it.effect("publishes the keys of its own login tokens", () =>
      Effect.gen(function* () {
        const { body } = yield* send("/.well-known/jwks.json")
        expect(body.keys).toEqual([expect.objectContaining({ alg: "ES256", use: "sig" })])
        expect(JSON.stringify(body)).not.toContain('"d"')
        expect((yield* Settings).auth.provider._tag).toBe("Local")
        const wrong = yield* send("/.well-known/jwks.json", { method: "POST" })
        expect(wrong.status).toBe(405)
        const asked = [yield* preflight, yield* send("/health/live", { headers: { origin } })]
        for (const { headers } of asked)
          expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual(
            [],
          )
      }),
    )
  },
)

layer(gateway({ CORS_ORIGINS: "https://app.example" }), { excludeTestServices: true })(
  "a gateway without an identity provider",
  (it) => {
    it.effect("publishes no keys and accepts no login token", () =>
      Effect.gen(function* () {
        for (const path of ["/.well-known/jwks.json", "/metrics"])
          for (const method of ["GET", "POST", "OPTIONS"]) {
            const [hidden, none] = [yield* send(path, { method }), yield* send("/no", { method })]
            expect([hidden.status, hidden.text]).toEqual([none.status, none.text])
            expect(hidden.headers.get("allow")).toBeNull()
          }
        expect((yield* api("/sessions", { as: "eyJhbGciOiJub25lIn0.e30." })).status).toBe(401)
      }),
    )

    it.effect("lets pages of the named origins read answers, and no others", () =>
      Effect.gen(function* () {
        const from = (origin: string) => send("/health/live", { headers: { origin } })
        const allowed = yield* from("https://app.example")
        expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example")
        const other = yield* from("https://evil.example")
        expect(other.headers.get("access-control-allow-origin")).not.toBe("https://evil.example")
        expect(other.headers.get("access-control-allow-origin")).not.toBe("*")
        const exposed = allowed.headers.get("access-control-expose-headers")
        expect(exposed?.split(",")).toEqual([
          "allow",
          "retry-after",
          "www-authenticate",
          "x-request-id",
        ])
        expect((yield* preflight).headers.get("access-control-allow-methods")).toContain("PATCH")
      }),
    )
  },
)
