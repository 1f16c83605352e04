import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import type { Given } from "../../layers/commands/Command.ts"
import { administrative, offline, undaunted } from "../../layers/commands/index.ts"
import { createKey } from "../../layers/commands/Keys.ts"
import { createOrganization } from "../../layers/commands/Organizations.ts"
import { type Organization, OrganizationId } from "../../src/domain/Organization.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { Organizations } from "../../src/ports/Organizations.ts"

const usages = [...administrative, ...offline, ...undaunted({})].map(({ usage }) => usage)

describe("the list of commands", () => {
  it("has every command that is written", () => {
    const written = readdirSync("layers/commands").flatMap((file) =>
      [
        ...readFileSync(`layers/commands/${file}`, "utf8").matchAll(/^ {2}usage:\s*"([^"]+)"/gm),
      ].map(([, usage]) => usage!),
    )
    expect(written.sort()).toEqual(usages.toSorted())
    expect(written.some((usage) => usage.startsWith("tokens issue"))).toBe(true)
  })

  it("has every command that the README names, among them that for login tokens", () => {
    const readme = readFileSync("README.md", "utf8")
    const named = [...readme.matchAll(/npm run gateway -- ([a-z]+(?: [a-z]+)?)/g)].map(
      ([, it]) => it,
    )
    const invented = named.filter((words) => !usages.some((usage) => usage.startsWith(words!)))
    expect(invented).toEqual([])
    expect(named).toContain("tokens issue")
  })
})

describe("what is typed", () => {
  const acme: Organization = {
    id: OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C"),
    name: "Acme",
    createdAt: 1,
  }
  // Nothing is made: neither port has a `create`.
  const nothingMade = Layer.merge(
    Layer.mock(Organizations, { list: Effect.succeed([acme]) }),
    Layer.mock(ApiKeys, { recall: () => undefined }),
  )
  const long = "x".repeat(101)
  const key = { organization: acme.id, capabilities: "read" }
  const days = "--days: expected a number above 0, up to 100000"

  it.effect.each<readonly [options: Given["options"], said: string]>([
    [{ ...key, days: "abc" }, days],
    [{ ...key, days: "-5" }, days],
    [{ ...key, days: "Infinity" }, days],
    [{ ...key, name: long }, "--name: expected 1 to 100 characters"],
    [{ ...key, name: "" }, "--name: expected 1 to 100 characters"],
    [
      { ...key, capabilities: "read,all" },
      "--capabilities: expected read, send and manage, or some of them, with commas between",
    ],
  ])("makes no key of %j", ([options, said]) =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(createKey.run({ words: [], options }))
      expect(refused.message).toBe(said)
    }).pipe(Effect.provide(nothingMade)),
  )

  it.effect("makes no organization of a name that the API would refuse", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(createOrganization.run({ words: [long], options: {} }))
      expect(refused.message).toBe("NAME: expected 1 to 100 characters")
    }).pipe(Effect.provide(nothingMade)),
  )
})
