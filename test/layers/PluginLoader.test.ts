import { describe, expect, layer } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { loadPlugin } from "../../layers/PluginLoader.ts"
import { Plugins } from "../../layers/Plugins.ts"
import { SystemSql } from "../../layers/Postgres.ts"
import { EventName } from "../../src/domain/Event.ts"
import { Settings } from "../../src/Settings.ts"
import { gateway } from "../support/FreshGateway.ts"
import { eventually, linked, tenant, WhatsApp } from "../support/Gateway.ts"
import { api, send } from "../support/Http.ts"

const greetings = "./test/layers/fixtures/plugins/Greetings.ts"

/** A folder with these files. */
const folderOf = (files: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugin-"))
      for (const [file, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
        fs.writeFileSync(path.join(folder, file), text)
      }
      return folder
    }),
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true })),
  )

/** What is said of a file with that text. */
const saidOf = (text: string) =>
  Effect.gen(function* () {
    const folder = yield* folderOf({ "polls.mjs": text })
    const { message } = yield* Effect.flip(loadPlugin("./polls.mjs", folder))
    return message.replace(folder, "/here")
  })

const can = (reason: string) =>
  `the plugin "./polls.mjs" of GATEWAY_PLUGINS can not be loaded: ${reason}`

const whole = `_tag: "GatewayPlugin", apiVersion: 1, name: "polls"`

layer(Layer.empty, { excludeTestServices: true })("a plugin that can not be loaded", (it) => {
  const flaws: ReadonlyArray<readonly [what: string, text: string, reason: string]> = [
    [
      "exports nothing",
      "export const plugin = {}",
      "its default export is no plugin; write `export default definePlugin({ … })`",
    ],
    [
      "is something else",
      "export default { register() {} }",
      "its default export is no plugin; write `export default definePlugin({ … })`",
    ],
    [
      "is written for another gateway",
      `export default { _tag: "GatewayPlugin", apiVersion: 2 }`,
      "it is written for plugin api 2, and this gateway offers 1",
    ],
    [
      "has a name that no table can have",
      `export default { _tag: "GatewayPlugin", apiVersion: 1, name: "My Polls" }`,
      'its name "My Polls" is not 1 to 31 lower-case letters, digits and dashes, a letter first',
    ],
    [
      "was put together by hand",
      `export default { ${whole}, groups: [], ports: [], subscriptions: [{}] }`,
      '`handlers` and `stores` and `migrations` and `subscriptions` of "polls" is not what definePlugin makes; do not put a plugin together by hand',
    ],
    [
      "breaks while it is imported",
      `throw new Error("no driver")`,
      "importing it failed: no driver",
    ],
  ]

  describe.each(flaws)("because it %s", (_, text, reason) => {
    it.scoped("is refused with a word on what to do", () =>
      Effect.map(saidOf(text), (said) => expect(said).toBe(can(reason))),
    )
  })

  it.scoped(
    "because it needs the world outside, is told that only built-in ones have adapters",
    () =>
      Effect.gen(function* () {
        const plugin = yield* loadPlugin(greetings, process.cwd())
        const shown = { ...plugin, ports: ["WhatsApp"] }
        Object.assign(globalThis, { shown })
        expect(yield* saidOf("export default globalThis.shown")).toBe(
          can(
            '`ports` of "greetings" must be empty: only the gateway\'s own plugins have adapters to the world outside',
          ),
        )
      }),
  )

  it.scoped("because it brings another copy of the library, is told to link the gateway's", () =>
    Effect.gen(function* () {
      Object.assign(globalThis, { linked: yield* loadPlugin(greetings, process.cwd()) })
      const copy = `file://${path.resolve("node_modules/@effect/platform/dist/esm/HttpApiGroup.js")}?2`
      const said = yield* saidOf(`
        import { make } from "${copy}"
        export default { ...globalThis.linked, groups: [make("polls")] }`)
      expect(said).toBe(
        can(
          'its group "polls" is made with another copy of @effect/platform; link the gateway\'s own, as docs/plugins.md does',
        ),
      )
    }),
  )

  it.scoped("because it waits for what never happens, is told what does", () =>
    Effect.gen(function* () {
      const plugin = yield* loadPlugin(greetings, process.cwd())
      const [subscription] = plugin.subscriptions
      const waiting = (...events: ReadonlyArray<unknown>) => ({
        ...plugin,
        subscriptions: [subscription, { ...subscription, name: "late", events }],
      })
      Object.assign(globalThis, { waiting: waiting("message", "contact.invented") })
      const said = yield* saidOf("export default globalThis.waiting")
      expect(said).toContain(
        can('its subscription "late" waits for "contact.invented", which never happens; there are'),
      )
      for (const name of EventName.literals) expect(said).toContain(name)
    }),
  )

  it.scoped("because it is not there, is looked for where the gateway was started", () =>
    Effect.gen(function* () {
      const folder = yield* folderOf({})
      const said = (specifier: string) =>
        Effect.map(Effect.flip(loadPlugin(specifier, folder)), ({ reason }) => reason)
      expect(yield* said("./polls.js")).toBe(`there is no file ${folder}/polls.js`)
      expect(yield* said("@acme/polls")).toBe(
        `no package of that name is installed in ${folder}; a path has to begin with ./`,
      )
    }),
  )

  it.scoped("because its package shows it to nobody, is told which line is missing", () =>
    Effect.gen(function* () {
      const folder = yield* folderOf({
        "node_modules/polls/package.json": `{"exports":{"import":"./index.mjs"}}`,
      })
      const { reason } = yield* Effect.flip(loadPlugin("polls", folder))
      expect(reason).toContain("add a `default` beside `import`")
    }),
  )
})

const settings = (plugins: string) =>
  Layer.effect(Settings, Effect.orDie(Settings.parse({ GATEWAY_PLUGINS: plugins })))

layer(Layer.empty, { excludeTestServices: true })("plugins that are loaded", (it) => {
  it.scoped("are found by package name as well", () =>
    Effect.gen(function* () {
      const packaged = yield* loadPlugin(greetings, process.cwd())
      Object.assign(globalThis, { packaged })
      const folder = yield* folderOf({
        "node_modules/@acme/polls/package.json": `{"exports":"./index.mjs"}`,
        "node_modules/@acme/polls/index.mjs": "export default globalThis.packaged",
        "node_modules/polls/package.json": `{"main":"dist/Plugin.mjs"}`,
        "node_modules/polls/dist/Plugin.mjs": "export default globalThis.packaged",
      })
      expect(yield* loadPlugin("@acme/polls", folder)).toBe(packaged)
      expect(yield* loadPlugin("polls", folder)).toBe(packaged)
    }),
  )

  it.effect("come after the built-in ones", () =>
    Effect.gen(function* () {
      const { endpoints, list } = yield* Plugins
      const names = (list as ReadonlyArray<{ readonly name: string }>).map(({ name }) => name)
      expect(names.at(-1)).toBe("greetings")
      expect(endpoints.find(({ name }) => name === "countGreetings")).toMatchObject({
        plugin: "greetings",
        method: "GET",
        path: "/api/v1/greetings",
        requirement: "read",
      })
    }).pipe(Effect.provide(Plugins.layer), Effect.provide(settings(greetings))),
  )

  it.effect("stop the start where two of them clash, naming both", () =>
    Effect.gen(function* () {
      const clash = yield* Effect.flip(Layer.build(Plugins.layer))
      expect(clash.message).toBe('two plugins are called "greetings": rename one of them')
    }).pipe(Effect.scoped, Effect.provide(settings(`${greetings},./test/../${greetings}`))),
  )
})

const lines: Array<string> = []
const recorded = Logger.replace(
  Logger.defaultLogger,
  Logger.make(({ annotations, message }) =>
    lines.push(`${String(message)} ${JSON.stringify([...annotations])}`),
  ),
)
const Extended = Layer.provideMerge(gateway({ GATEWAY_PLUGINS: greetings }), recorded)

layer(Extended, { excludeTestServices: true })("a gateway with a plugin from elsewhere", (it) => {
  it.effect("serves its endpoint, keeps its table, hands it events, each within its tenant", () =>
    Effect.gen(function* () {
      const whatsapp = yield* WhatsApp
      const [me] = ["Me", "Ada", "Bea"].map((name) => whatsapp.addPerson({ name }))
      const alice = yield* tenant()
      const bob = yield* tenant()
      yield* linked(alice, me!)
      const { body } = yield* eventually(
        api("/greetings", { as: alice.key }),
        ({ body }) => body.count >= 3,
      )
      expect(body.count).toBeGreaterThanOrEqual(3)
      expect((yield* api("/greetings", { as: bob.key })).body).toEqual({ count: 0 })
      expect((yield* api("/greetings")).status).toBe(401)
    }),
  )

  it.effect("documents it, notes its migrations apart and its name in what it logs", () =>
    Effect.gen(function* () {
      const { key } = yield* tenant()
      const system = yield* SystemSql
      yield* api("/greetings", { as: key })
      expect((yield* send("/openapi.json")).body.paths).toHaveProperty("/api/v1/greetings")
      expect(lines.find((line) => line.startsWith("counted"))).toContain('["plugin","greetings"]')
      const [table] = yield* system`SELECT to_regclass('gateway_migrations_greetings') AS name`
      expect(table).toEqual({ name: "gateway_migrations_greetings" })
    }),
  )
})
