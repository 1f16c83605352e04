import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { send } from "../support/Http.ts"
import { ProbeServer } from "../support/ProbeServer.ts"

/** What a page's policy may allow when nothing is to leave its own origin. */
const own = new Set(["'none'", "'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"])

/** The policy's directives: `{ "default-src": ["'none'"] }`. */
const directivesOf = (policy: string): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    policy.split(";").map((directive) => {
      const [name, ...sources] = directive.trim().split(" ")
      return [name!, sources]
    }),
  )

/** The page without what its scripts and styles say among themselves. */
const markupOf = (page: string) =>
  page
    .replace(/(<script[^>]*>)[^]*?<\/script>/g, "$1</script>")
    .replace(/<style[^>]*>[^]*?<\/style>/g, "")

layer(ProbeServer, { excludeTestServices: true })("the page of documentation", (it) => {
  describe("without the internet", () => {
    it.effect("brings its script and the document along", () =>
      Effect.gen(function* () {
        const { headers, status, text } = yield* send("/docs")
        expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
        expect(text.length).toBeGreaterThan(500_000)
        expect(text).toContain("/api/v1/probe")
      }),
    )

    it.effect("refers to no other host", () =>
      Effect.gen(function* () {
        const { text } = yield* send("/docs")
        expect(markupOf(text)).toMatch(/<script/)
        expect(markupOf(text)).not.toMatch(/(src|href|action|content)=["']?(https?:)?\/\//i)
      }),
    )

    it.effect("is not let out by its own policy, whatever its script tries", () =>
      Effect.gen(function* () {
        const { headers } = yield* send("/docs")
        const directives = directivesOf(headers.get("content-security-policy")!)
        expect(directives["default-src"]).toEqual(["'none'"])
        const sources = Object.values(directives).flat()
        expect(sources.filter((source) => !own.has(source))).toEqual([])
      }),
    )
  })
})
