import { type HttpApi, HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { createServer, request as sendRequest, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { Credentials } from "../../../layers/http/Credentials.ts"
import { Drain } from "../../../layers/http/Drain.ts"
import { NodeServer } from "../../../layers/http/NodeServer.ts"
import { readLane } from "../../../layers/http/ReadLane.ts"
import { dataHeaders } from "../../../layers/http/SecurityHeaders.ts"
import { ReadConnections } from "../../../layers/postgres/ReadConnections.ts"
import type { Told } from "../../../layers/postgres/TenantRead.ts"
import type { Capability } from "../../../src/domain/Capability.ts"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionNotFound } from "../../../src/domain/Session.ts"
import { basePath, strict } from "../../../src/http/BaseApi.ts"
import { failures } from "../../../src/http/Envelope.ts"
import { cursorAt } from "../../../src/http/Page.ts"
import { needs } from "../../../src/http/Requirement.ts"
import { storedRead } from "../../../src/http/StoredRead.ts"
import { pluginApi } from "../../../src/Plugin.ts"
import { api } from "../../http/Operations.ts"

/** One of which is stored, and one which is made up. */
class Things extends HttpApiGroup.make("things")
  .add(
    storedRead(
      HttpApiEndpoint.get("getThing", "/things/:id")
        .setPath(strict(Schema.Struct({ id: Schema.String })))
        .addError(failures(SessionNotFound))
        .annotateContext(needs("read")),
      { statement: "SELECT", parameters: ({ path }) => [path.id], absent: [SessionNotFound] },
    ),
  )
  .add(HttpApiEndpoint.get("getThingNow", "/things/now").annotateContext(needs("read")))
  .prefix(basePath) {}

const alice = OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8A")

const known = (...capabilities: ReadonlyArray<Capability>) => ({
  organizationId: alice,
  subject: "key_1",
  userId: null,
  capabilities: new Set(capabilities),
  superAdmin: false,
})

const credentials = Layer.succeed(Credentials, {
  verify: () => Effect.dieMessage("the lane asks nobody"),
  recall: (token) => ({ wa_read: known("read", "send"), wa_send: known("send") })[token],
})

type Answering = (statement: string, parameters: ReadonlyArray<unknown>, told: Told) => void

interface Scene {
  readonly asked: Array<ReadonlyArray<unknown>>
  readonly send: ReturnType<typeof sendTo>
  readonly drain: Drain["Type"]
  readonly handedOn: ReadonlyArray<string>
  readonly server: Server
}

/** A lane in front of a server that answers 418 whatever it is asked. */
const onLane = <A>(
  answering: Answering,
  use: (scene: Scene) => Promise<A>,
  of: HttpApi.HttpApi.Any = api,
) => {
  const asked: Array<ReadonlyArray<unknown>> = []
  const handedOn: Array<string> = []
  const server = createServer(({ url }, response) => {
    handedOn.push(url!)
    response.writeHead(418).end()
  })
  const reads = Layer.succeed(ReadConnections, {
    ask: (organization, statement, parameters, told) => {
      asked.push([organization, ...parameters])
      answering(statement, parameters, told)
    },
  })
  return Effect.gen(function* () {
    const drain = yield* Drain
    yield* Effect.async<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    })
    return yield* Effect.promise(() =>
      use({ asked, drain, handedOn, server, send: sendTo(server) }),
    )
  }).pipe(
    Effect.provide(readLane(of)),
    Effect.provide([credentials, reads, Drain.layer, Layer.succeed(NodeServer, server)]),
    Effect.ensuring(Effect.sync(() => server.close())),
    Effect.runPromise,
  )
}

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const reader = { authorization: "Bearer wa_read" }

const sendTo =
  (server: Server) =>
  (path: string, { body, headers = {}, method = "GET" }: Sent = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
      (resolve, reject) => {
        const { port } = server.address() as AddressInfo
        const request = sendRequest(
          {
            port,
            path,
            method,
            headers: "x-api-key" in headers ? headers : { ...reader, ...headers },
          },
          async (response) =>
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              body: await text(response),
            }),
        )
        request.on("error", reject).end(body)
      },
    )

const session = "01J9ZX8K2QHV0M3T6R7P4N5W8C"
const groups = `/api/v1/sessions/${session}/groups`
const group = `${groups}/120363021234567890@g.us`
const finds =
  (found: Parameters<Told>[1]): Answering =>
  (_statement, _parameters, told) =>
    told(null, found)

describe("the read lane", () => {
  it("answers what is found, with every header of an answer", () =>
    onLane(finds('{"id":1,"subject":"é😀"}'), async ({ asked, send }) => {
      const answer = await send(group, { headers: { "x-request-id": "mine" } })
      expect([answer.status, answer.body]).toEqual([200, '{"id":1,"subject":"é😀"}'])
      expect(answer.headers).toMatchObject({
        ...dataHeaders,
        "content-type": "application/json",
        "content-length": "27",
        "x-request-id": "mine",
      })
      expect(asked).toEqual([[alice, session, "120363021234567890@g.us"]])
    }))

  it("makes a request id where the caller's is none", () =>
    onLane(finds("{}"), async ({ send }) => {
      const ids = [await send(group), await send(group, { headers: { "x-request-id": "a b" } })]
      for (const { headers } of ids) expect(headers["x-request-id"]).toMatch(/^[0-9A-Z]{26}$/)
    }))

  it("takes the key in either header, and paths in any spelling", () =>
    onLane(finds("{}"), async ({ asked, send }) => {
      const byKey = { "x-api-key": "wa_read" }
      const encoded = `${group.replace("@", "%40")}/`
      const statuses = [
        (await send(encoded)).status,
        (await send(group, { headers: { authorization: "bearer  wa_read" } })).status,
        (await send(group, { headers: byKey })).status,
      ]
      expect(statuses).toEqual([200, 200, 200])
      expect(new Set(asked.map((of) => of[2]))).toEqual(new Set(["120363021234567890@g.us"]))
    }))

  it("decodes pages as the endpoint declares them", () =>
    onLane(finds("{}"), async ({ asked, send }) => {
      await send(`${groups}?limit=7&cursor=${cursorAt("groups", 9)}`)
      await send(`/api/v1/sessions/${session}/contacts?q=%2B62%20812`)
      expect(asked).toEqual([
        [alice, session, 9, 7],
        [alice, session, 0, 50, null, null, "+62 812", "62812"],
      ])
    }))

  it.each<readonly [string, string, Sent]>([
    ["HEAD", group, { method: "HEAD" }],
    ["a change", group, { method: "PATCH", body: "{}" }],
    ["a request with a body", group, { headers: { "content-length": "2" }, body: "{}" }],
    ["a chunked body", group, { headers: { "transfer-encoding": "chunked" }, body: "{}" }],
    ["a page of another origin", group, { headers: { origin: "https://example.org" } }],
    ["no credential", group, { headers: { authorization: "" } }],
    ["an unknown credential", group, { headers: { authorization: "Bearer wa_other" } }],
    ["another scheme", group, { headers: { authorization: "Basic wa_read" } }],
    ["a caller without the capability", group, { headers: { authorization: "Bearer wa_send" } }],
    ["a malformed id", `${groups}/family`, {}],
    ["a forged cursor", `${groups}?cursor=Nw`, {}],
    ["a field nobody knows", `/api/v1/sessions/${session}/contacts?sort=name`, {}],
    ["an id that can not be decoded", `${groups}/%zz`, {}],
    ["an unknown path", `/api/v1/sessions/${session}/nothing`, {}],
    ["the spelling of a declaration", `${groups}/$preview`, {}],
    ["an action", `${groups}:preview?invite=X9pQ2rT7vK4mN8sL`, {}],
    [
      "an endpoint that asks WhatsApp",
      `/api/v1/sessions/${session}/contacts/check?phone=62812`,
      {},
    ],
    ["a look at a session", `/api/v1/sessions/${session}`, {}],
  ])("hands on %s, asking nothing", (_, path, sent) =>
    onLane(finds("{}"), async ({ asked, send }) => {
      expect((await send(path, sent)).status).toBe(418)
      expect(asked).toEqual([])
    }),
  )

  it.each<readonly [string, Answering]>([
    ["is not there", finds(undefined)],
    ["is empty", finds(null)],
    ["could not be asked for", (_, __, told) => told(new Error("away"))],
  ])("hands on what %s", (_, answering) =>
    onLane(answering, async ({ asked, send }) => {
      expect((await send(group)).status).toBe(418)
      expect(asked.length).toBe(1)
    }),
  )

  it("leaves a path to the endpoint that has it to itself", () =>
    onLane(
      finds("{}"),
      async ({ asked, send }) => {
        expect((await send("/api/v1/things/now")).status).toBe(418)
        expect((await send("/api/v1/things/one")).status).toBe(200)
        expect(asked).toEqual([[alice, "one"]])
      },
      pluginApi(Things),
    ))

  it("lets nobody in while the server leaves, and is waited for", () => {
    const waiting: Array<Told> = []
    return onLane(
      (_, __, told) => waiting.push(told),
      async ({ drain, send }) => {
        const inside = send(group)
        await until(() => waiting.length === 1)
        const steps: Array<string> = []
        const left = Effect.runPromise(drain.leave).then(() => steps.push("left"))
        expect((await send(group)).status).toBe(418)
        steps.push("answered")
        waiting[0]!(null, "{}")
        const { headers, status } = await inside
        expect([status, headers["connection"]]).toEqual([200, "close"])
        const done = performance.now()
        await left
        expect(steps).toEqual(["answered", "left"])
        expect(performance.now() - done).toBeLessThan(2000)
      },
    )
  })

  it("forgets a caller who hung up", () => {
    const waiting: Array<Told> = []
    return onLane(
      (_, __, told) => waiting.push(told),
      async ({ drain, handedOn, server }) => {
        const { port } = server.address() as AddressInfo
        const closed = new Promise((resolve) =>
          server.once("request", (_, response) => response.once("close", resolve)),
        )
        const request = sendRequest({ port, path: group, headers: reader })
        request.on("error", () => {}).end()
        await until(() => waiting.length === 1)
        request.destroy()
        await closed
        waiting[0]!(null, null)
        await Effect.runPromise(drain.leave)
        expect(handedOn).toEqual([])
      },
    )
  })
})

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
