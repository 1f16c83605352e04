import { expect, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Emulator } from "../../emulator/Emulator.ts"
import { cleanEmulator } from "../../support/CleanEmulator.ts"
import * as Database from "../../support/Database.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"

/** A gateway as operators run it, to be killed and started again over the same data. */
const plant = Effect.gen(function* () {
  const databaseUrl = Redacted.value(yield* Database.empty)
  const emulator = yield* cleanEmulator()
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "gateway-crash-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
  )
  const env = {
    DATA_DIR: folder,
    PORT: "0",
    DATABASE_URL: databaseUrl,
    GATEWAY_MASTER_KEY: randomBytes(32).toString("base64"),
    WHATSAPP_URL: emulator.url,
    WHATSAPP_ALLOW_INSECURE: "loopback",
  }
  const start = Effect.acquireRelease(
    Effect.promise(() => GatewayProcess.start({ env })),
    (gateway) => Effect.promise(() => gateway.end("SIGKILL")),
  )
  return { emulator, start }
})

const ask =
  (url: string, key: string) =>
  (path: string, json?: object, headers: object = {}) =>
    Effect.promise(async () => {
      const response = await fetch(`${url}/api/v1/sessions${path}`, {
        method: json === undefined ? "GET" : "POST",
        headers: {
          authorization: `Bearer ${key}`,
          ...(json && { "content-type": "application/json" }),
          ...headers,
        },
        ...(json && { body: JSON.stringify(json) }),
      })
      const text = await response.text()
      // oxlint-disable-next-line typescript/no-explicit-any
      return { status: response.status, text, body: JSON.parse(text) as any }
    })

type Ask = ReturnType<typeof ask>

const until = <A>(asked: Effect.Effect<A>, isSo: (answer: A) => boolean) =>
  asked.pipe(
    Effect.tap((answer) => (isSo(answer) ? Effect.void : Effect.sleep("50 millis"))),
    Effect.repeat({ until: isSo }),
    Effect.timeout("60 seconds"),
    Effect.orDie,
  )

const working = (get: Ask, session: string) =>
  until(get(`/${session}`), ({ body }) => body.status === "working")

const link = Effect.fn(function* (get: Ask, emulator: Emulator) {
  const me = emulator.addPerson({ name: "Me" })
  const { body } = yield* get("", {})
  const { body: qr } = yield* get(`/${body.id}/qr`)
  yield* Effect.promise(() => emulator.scanQr(qr.code, me))
  yield* working(get, body.id)
  return body.id as string
})

layer(Layer.empty, { excludeTestServices: true })("createGroup under a key", (it) => {
  it.scoped(
    "makes one group, though the process was killed before it heard of it",
    () =>
      Effect.gen(function* () {
        const { emulator, start } = yield* plant
        const bob = emulator.addPerson({ name: "Bob" })
        const make = (post: Ask, session: string, name: string) =>
          post(
            `/${session}/groups`,
            { name, participants: [bob.pnJid] },
            { "idempotency-key": name.replace(" ", "-") },
          )
        const made = (name: string) =>
          [...emulator.world.groups.values()].filter(({ subject }) => subject === name)
        const heard = (name: string) =>
          emulator.received.some(({ node }) => JSON.stringify(node).includes(`"${name}"`))

        const first = yield* start
        const key = first.firstKey!
        const session = yield* link(ask(first.url, key), emulator)
        const named = (name: string) => ({
          child: "create",
          when: ({ content }: { content?: unknown }) => JSON.stringify(content).includes(name),
        })
        emulator.fault({ ...named("Carried out"), mute: true })
        emulator.fault({ ...named("Never heard"), drop: true })
        const names = ["Carried out", "Never heard"]
        for (const name of names)
          yield* Effect.fork(
            Effect.ignore(Effect.sandbox(make(ask(first.url, key), session, name))),
          )
        yield* until(
          Effect.sync(() => names.every(heard)),
          (isSo) => isSo,
        )
        yield* Effect.promise(() => first.end("SIGKILL"))
        expect(names.map((name) => made(name).length)).toEqual([1, 0])

        const second = yield* start
        const again = ask(second.url, key)
        yield* working(again, session)
        for (const name of names) {
          // For half a minute nobody can know that the first attempt is dead.
          const answer = yield* until(make(again, session, name), ({ status }) => status !== 409)
          expect([answer.status, made(name).map(({ jid }) => jid)]).toEqual([
            201,
            [answer.body.groupJid],
          ])
          expect(answer.body).toMatchObject({ subject: name, participants: 2 })
          expect((yield* make(again, session, name)).text).toBe(answer.text)
        }
      }),
    120_000,
  )
})
