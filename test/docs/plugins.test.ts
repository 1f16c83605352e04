import { describe, expect, it, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { promisify } from "node:util"
import { migrations } from "../../migrations/index.ts"
import * as Database from "../support/Database.ts"

const guide = fs.readFileSync("docs/plugins.md", "utf8")

/** Every fenced block under the name of the file that stands above it. */
const files = [...guide.matchAll(/^`([\w./-]+)`\n\n```\w+\n([^]*?)^```/gm)].map(
  ([, name, text]) => ({ name: name!, text: text! }),
)

const run = (program: string, args: ReadonlyArray<string>, cwd: string, env: object = {}) =>
  Effect.promise(() =>
    promisify(execFile)(program, [...args], { cwd, env: { ...process.env, ...env } }).then(
      ({ stdout }) => ({ failed: false, said: stdout }),
      ({ stderr, stdout }: { stderr: string; stdout: string }) => ({
        failed: true,
        said: `${stdout}${stderr}`,
      }),
    ),
  )

const repository = process.cwd()
const tsc = path.join(repository, "node_modules/typescript/bin/tsc")

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "plugin-guide-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true })),
)

const link = (target: string, at: string) => {
  fs.mkdirSync(path.dirname(at), { recursive: true })
  fs.symlinkSync(target, at)
}

/** The gateway as it is installed: built, beside what it was built from. */
const installed = Effect.fn(function* (folder: string) {
  const modules = path.join(repository, "node_modules")
  for (const name of fs.readdirSync(modules))
    link(path.join(modules, name), path.join(folder, "node_modules", name))
  const here = ["package.json", "src", "layers", "plugins", "migrations", "test"]
  for (const name of here) link(path.join(repository, name), path.join(folder, name))
  const out = ["--outDir", path.join(folder, "dist")]
  // Nothing is remembered for the next build.
  const once = ["--incremental", "false", "--tsBuildInfoFile", "null"]
  return yield* run(
    process.execPath,
    [tsc, "-p", "tsconfig.build.json", ...out, ...once],
    repository,
  )
})

describe("the guide to plugins", () => {
  it("names every block of code by its file, but for the command at the end", () => {
    const blocks = guide.match(/^```\w+$/gm)!
    expect(blocks.length).toBe(files.length + 1)
  })
})

layer(Layer.empty, { excludeTestServices: true })("the plugin of the guide", (it) => {
  it.scoped(
    "compiles as it stands there, loads by its name, and passes its own test against a real gateway",
    () =>
      Effect.gen(function* () {
        const root = yield* temporary
        const gateway = path.join(root, "whatsapp-gateway")
        expect(yield* installed(gateway)).toEqual({ failed: false, said: "" })

        const plugin = path.join(root, "nicknames")
        for (const { name, text } of files) {
          fs.mkdirSync(path.dirname(path.join(plugin, name)), { recursive: true })
          fs.writeFileSync(path.join(plugin, name), text)
        }
        link(gateway, path.join(plugin, "node_modules/whatsapp-gateway"))
        for (const name of ["effect", "@effect", "typescript"])
          link(path.join(repository, "node_modules", name), path.join(plugin, "node_modules", name))
        expect(yield* run(process.execPath, [tsc], plugin)).toEqual({ failed: false, said: "" })

        link(plugin, path.join(gateway, "node_modules/nicknames"))
        const list = ["dist/src/main.js", "plugins", "list", "--json"]
        const named = yield* run(process.execPath, list, gateway, { GATEWAY_PLUGINS: "nicknames" })
        expect(named).toEqual({ failed: false, said: expect.stringContaining("listNicknames") })

        const databaseUrl = Redacted.value(yield* Database.migrated(migrations))
        const tests = ["--test", "--test-reporter", "tap", "test/nicknames.test.mjs"]
        const { failed, said } = yield* run(process.execPath, tests, plugin, {
          DATABASE_URL: databaseUrl,
        })
        expect([failed, said]).toEqual([false, expect.stringContaining("# pass 1")])
      }),
    120_000,
  )
})
