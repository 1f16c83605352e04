import { it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Either, Layer, TestClock } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe } from "vitest"
import { LoginTokens } from "../../layers/jwt/LoginTokens.ts"
import { LocalIdentity, type LoginDraft } from "../../layers/LocalIdentity.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { type Environment, Settings } from "../../src/Settings.ts"

const draft: LoginDraft = {
  organization: OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C"),
  role: "admin",
  subject: "user_1",
  ttl: "1 hour",
}

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "identity-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
)

/** One gateway process: what it learns is gone when the effect ends. */
const inProcess =
  (env: Environment) =>
  <A, E>(body: Effect.Effect<A, E, LocalIdentity | LoginTokens>) =>
    Effect.provide(
      body,
      Layer.fresh(Layer.merge(LocalIdentity.Default, LoginTokens.layer)).pipe(
        Layer.provide(Layer.succeed(Settings, Either.getOrThrow(Settings.parse(env)))),
      ),
    )

const issue = (draft: LoginDraft) =>
  Effect.flatMap(LocalIdentity, (identity) => identity.issue(draft))
const verify = (token: string) => Effect.flatMap(LoginTokens, (tokens) => tokens.verify(token))

describe("LocalIdentity", () => {
  it.scoped("issues tokens that the gateway accepts, after a restart as well", () =>
    Effect.gen(function* () {
      const start = inProcess({ AUTH_LOCAL: "on", DATA_DIR: yield* temporaryFolder })
      const login = yield* start(Effect.flatMap(issue(draft), verify))
      strictEqual(login.organizationId, draft.organization)
      strictEqual(login.subject, "user_1")
      assertTrue(login.capabilities.has("manage"))
      assertFalse(login.superAdmin)
      deepStrictEqual(yield* start(Effect.flatMap(start(issue(draft)), verify)), login)
    }),
  )

  it.scoped("writes the claims that the settings name", () =>
    Effect.gen(function* () {
      const start = inProcess({
        AUTH_LOCAL: "on",
        DATA_DIR: yield* temporaryFolder,
        AUTH_ISSUER: "https://gateway.example.com",
        AUTH_AUDIENCE: "console",
        AUTH_ORGANIZATION_CLAIM: "https://example.com/org",
        AUTH_ROLE_CLAIM: "https://example.com/role",
        AUTH_PLATFORM_CLAIM: "https://example.com/platform",
      })
      const admin: LoginDraft = { ...draft, role: "member", superAdmin: true }
      const login = yield* start(Effect.flatMap(issue(admin), verify))
      assertTrue(login.superAdmin)
      assertFalse(login.capabilities.has("manage"))
    }),
  )

  it.scoped("issues tokens that end", () =>
    Effect.gen(function* () {
      const start = inProcess({ AUTH_LOCAL: "on", DATA_DIR: yield* temporaryFolder })
      const token = yield* start(issue(draft))
      yield* TestClock.adjust("3629 seconds")
      yield* start(verify(token))
      yield* TestClock.adjust("1 second")
      strictEqual((yield* Effect.flip(start(verify(token))))._tag, "TokenInvalid")
    }),
  )

  it.scoped("keeps its key where only its owner reads it, and publishes the public half", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      const start = inProcess({ AUTH_LOCAL: "on", DATA_DIR: dataDir })
      const { keys } = yield* start(Effect.map(LocalIdentity, ({ jwks }) => jwks))
      strictEqual(fs.statSync(path.join(dataDir, "identity.key")).mode & 0o777, 0o600)
      deepStrictEqual(Object.keys(keys[0]!).sort(), ["alg", "crv", "kid", "kty", "use", "x", "y"])
    }),
  )

  it.scoped("is not believed by another gateway", () =>
    Effect.gen(function* () {
      const start = inProcess({ AUTH_LOCAL: "on", DATA_DIR: yield* temporaryFolder })
      const other = inProcess({ AUTH_LOCAL: "on", DATA_DIR: yield* temporaryFolder })
      const failure = yield* Effect.flip(
        Effect.flatMap(start(issue(draft)), (t) => other(verify(t))),
      )
      strictEqual(failure._tag, "TokenInvalid")
    }),
  )

  it.scoped("is believed by nobody while it is off", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      const token = yield* inProcess({ AUTH_LOCAL: "on", DATA_DIR: dataDir })(issue(draft))
      const off = { DATA_DIR: dataDir }
      strictEqual((yield* Effect.flip(inProcess(off)(verify(token))))._tag, "TokenInvalid")
      assertTrue((yield* Effect.exit(inProcess(off)(issue(draft))))._tag === "Failure")
    }),
  )

  it.scoped("stops the start when its file holds something else", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      fs.writeFileSync(path.join(dataDir, "identity.key"), "canary\n")
      const start = inProcess({ AUTH_LOCAL: "on", DATA_DIR: dataDir })
      const failure = yield* Effect.flip(start(issue(draft)))
      strictEqual(failure._tag, "KeyFileUnusable")
      assertFalse(String(failure).includes("canary"))
    }),
  )
})
