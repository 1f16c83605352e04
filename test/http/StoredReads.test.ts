/** One stored read, three ways to its bytes: the lane, the ordinary way and the endpoint's schema. */
import type { HttpServer } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Context, Effect, FastCheck as fc, Layer, Runtime, Schema, Tracer } from "effect"
import { OwnerSql } from "../../layers/Postgres.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { gateway } from "../support/FreshGateway.ts"
import { keyOf, type Tenant, tenant } from "../support/Gateway.ts"
import { type Answer, send } from "../support/Http.ts"
import { operations } from "./Operations.ts"
import { store, type Stored, world } from "./StoredRows.ts"

class Owner extends Context.Tag("test/http/Owner")<Owner, Tenant>() {
  static readonly layer = Layer.effect(
    Owner,
    Effect.suspend(() => tenant()),
  )
}

/** The lane hands on whatever comes from a page of another origin. */
const ordinarily = { origin: "https://example.org", "x-request-id": "asked" }
const plainly = { "x-request-id": "asked" }

const visible = ({ headers, status, text }: Answer) => ({
  status,
  text,
  headers: [...headers].filter(([name]) => name !== "date"),
})

/** Requests that were answered the ordinary way: in the lane, nothing is traced. */
let traced = 0
const tracing = Layer.unwrapEffect(
  Effect.map(Effect.tracer, (tracer) =>
    Layer.setTracer(
      Tracer.make({
        context: (run, fiber) => tracer.context(run, fiber),
        span: (...span) => {
          if (span[5] === "server") traced++
          return tracer.span(...span)
        },
      }),
    ),
  ),
)

/** What both ways answer, which must be the same, and how often each was ordinary. */
const bothWays = Effect.fnUntraced(function* (path: string, as: string) {
  const before = traced
  const inLane = yield* send(path, { as, headers: plainly })
  const between = traced
  const ordinary = yield* send(path, { as, headers: ordinarily })
  expect([path, visible(inLane)]).toEqual([path, visible(ordinary)])
  return { ...inLane, wasOrdinary: [between - before, traced - between] }
})

const written = (name: string, body: unknown) => {
  const schema = operations.find((operation) => operation.name === name)!.answers.get(200)!
  return JSON.stringify(Schema.encodeSync(schema)(Schema.decodeUnknownSync(schema)(body)))
}

/** Every stored read of what is stored, page by page where there are pages. */
const readAll = Effect.fnUntraced(function* (stored: Stored, as: string) {
  const session = `/api/v1/sessions/${stored.session}`
  const read = Effect.fnUntraced(function* (name: string, path: string) {
    const twoWays = bothWays(`${session}${path}`, as)
    const first = yield* twoWays
    // Now and then the lane leaves it to the ordinary way to verify a key anew; never twice in a row.
    const { body, status, text, wasOrdinary } = first.wasOrdinary[0] === 0 ? first : yield* twoWays
    expect([path, status, text]).toEqual([path, 200, written(name, body)])
    expect([path, wasOrdinary]).toEqual([path, [0, 1]])
    return body
  })
  const list = Effect.fnUntraced(function* (name: string, path: string) {
    const { data } = yield* read(name, path)
    const paged: Array<unknown> = []
    let cursor = ""
    do {
      const page = yield* read(name, `${path}?limit=2${cursor && `&cursor=${cursor}`}`)
      paged.push(...page.data)
      cursor = page.nextCursor
    } while (cursor !== "")
    expect(paged).toEqual(data)
  })
  yield* list("listGroups", "/groups")
  yield* list("listContacts", "/contacts")
  for (const group of stored.groups) {
    yield* read("getGroup", `/groups/${group}`)
    yield* read("getGroupSettings", `/groups/${group}/settings`)
    yield* list("listGroupMembers", `/groups/${group}/members`)
  }
  for (const person of stored.people) yield* read("getContact", `/contacts/${person}`)
})

const stage = Owner.layer.pipe(Layer.provideMerge(gateway()), Layer.provideMerge(tracing))

layer(stage, { excludeTestServices: true, timeout: "60 seconds" })("stored reads", (it) => {
  it.effect(
    "are the same bytes in the lane, on the ordinary way and by the schema",
    () =>
      Effect.gen(function* () {
        const { key, organization } = yield* Owner
        const run = Runtime.runPromise(yield* Effect.runtime<OwnerSql | HttpServer.HttpServer>())
        const property = fc.asyncProperty(world, (rows) =>
          run(Effect.flatMap(store(organization.id, rows), (stored) => readAll(stored, key))),
        )
        yield* Effect.promise(() => fc.assert(property, { numRuns: 15, seed: 1 }))
      }),
    60_000,
  )

  describe("that find nothing", () => {
    it.effect("say what is not there, in the lane as on the ordinary way", () =>
      Effect.gen(function* () {
        const { key, organization } = yield* Owner
        const [rows] = fc.sample(world, { numRuns: 1, seed: 2 })
        const { session } = yield* store(organization.id, rows!)
        const stranger = yield* tenant()
        const below = (session: string) => `/api/v1/sessions/${session}`
        const nobody = "/contacts/6281234567890@s.whatsapp.net"
        for (const [path, as, message] of [
          [`${below(session)}/groups/12036@g.us`, key, "group not found"],
          [`${below(session)}/groups/12036@g.us/members`, key, "group not found"],
          [`${below(session)}${nobody}`, key, "contact not found"],
          [`${below("NONE")}/groups`, key, "session not found"],
          [`${below("NONE")}${nobody}`, key, "session not found"],
          [`${below(session)}/groups`, stranger.key, "session not found"],
          [`${below(session)}/groups/12036@g.us`, stranger.key, "session not found"],
        ] as const) {
          const { body, status } = yield* bothWays(path, as)
          expect([path, status, body.error.message]).toEqual([path, 404, message])
        }
      }),
    )
  })

  it.effect("end with their key, at once", () =>
    Effect.gen(function* () {
      const { organization } = yield* Owner
      const keys = yield* ApiKeys
      const [rows] = fc.sample(world, { numRuns: 1, seed: 3 })
      const { session } = yield* store(organization.id, rows!)
      const key = yield* keyOf(organization, ["read"])
      const path = `/api/v1/sessions/${session}/groups`
      const ask = send(path, { as: key })
      expect([(yield* ask).status, (yield* ask).status]).toEqual([200, 200])
      yield* keys.remove(organization.id, keys.recall(key)!.subject as never)
      expect((yield* ask).status).toBe(401)
    }),
  )

  it.effect("go on when their connections are cut", () =>
    Effect.gen(function* () {
      const { key, organization } = yield* Owner
      const owner = yield* OwnerSql
      const [rows] = fc.sample(world, { numRuns: 1, seed: 4 })
      const { session } = yield* store(organization.id, rows!)
      const path = `/api/v1/sessions/${session}/groups`
      yield* bothWays(path, key)
      const cut = owner`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'gateway_reads' AND datname = current_database()`
      const statuses = yield* Effect.all(
        Array.from({ length: 60 }, (_, nth) =>
          Effect.zipRight(
            nth % 20 === 10 ? Effect.asVoid(cut) : Effect.void,
            Effect.map(send(path, { as: key }), ({ status }) => status),
          ),
        ),
        { concurrency: 8 },
      )
      expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
      expect((yield* bothWays(path, key)).status).toBe(200)
    }),
  )
})
