/**
 * Answers stored reads before HttpApi, at a third of its cost: for callers who are known, and where
 * all goes well. It knows no failure. Whatever is not plainly a success takes the ordinary way, which
 * answers the same bytes and says what is wrong.
 */
import { HttpApi, type HttpApiEndpoint, HttpLayerRouter } from "@effect/platform"
import { Context, Effect, Either, Layer, type Option, Schema } from "effect"
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import { routedUrl } from "../../src/http/Actions.ts"
import { Required } from "../../src/http/Requirement.ts"
import { Stored } from "../../src/http/StoredRead.ts"
import type { Parameter } from "../../src/ports/StoredReads.ts"
import { ReadConnections } from "../postgres/ReadConnections.ts"
import { credentialIn, grants } from "./Authorization.ts"
import { noteCaller } from "./Callers.ts"
import { Credentials } from "./Credentials.ts"
import { Drain } from "./Drain.ts"
import { maxHeadBytes, NodeServer } from "./NodeServer.ts"
import { identify } from "./RequestId.ts"
import { dataHeaders } from "./SecurityHeaders.ts"

/** In front of whatever listens to the server by now. */
export const readLane = (api: HttpApi.HttpApi.Any) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const server = yield* NodeServer
      const inFront = yield* makeLane(api)
      const ordinary = server.listeners("request") as Array<RequestListener>
      const listener = inFront((...both) => ordinary.forEach((listen) => listen(...both)))
      server.removeAllListeners("request").on("request", listener)
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          server.off("request", listener)
          for (const listen of ordinary) server.on("request", listen)
        }),
      )
    }),
  )

const makeLane = Effect.fnUntraced(function* (api: HttpApi.HttpApi.Any) {
  const { recall } = yield* Credentials
  const { ask } = yield* ReadConnections
  const drain = yield* Drain
  const routes = routesOf(api)

  return (ordinary: RequestListener): RequestListener =>
    (request, response) => {
      const found = isPlain(request) ? routes.find("GET", request.url!) : undefined
      const read = found?.handler
      const credential = read && credentialIn(request.headers as never)
      const caller = credential === undefined ? undefined : recall(credential)
      if (!read || !caller || !grants(caller, read.needs)) return ordinary(request, response)
      const parameters = read.parameters(found!.params, found!.searchParams)
      if (!parameters || !drain.enter(response)) return ordinary(request, response)

      ask(caller.organizationId, read.statement, parameters, (_error, text) => {
        if (response.destroyed) return
        if (typeof text !== "string") return ordinary(request, response)
        if (drain.draining()) response.shouldKeepAlive = false
        noteCaller(request, caller.organizationId)
        succeed(request, response, text)
      })
    }
})

/** No body, no page of another origin, no action. */
const isPlain = ({ headers, method, url }: IncomingMessage) =>
  method === "GET" &&
  headers["content-length"] === undefined &&
  headers["transfer-encoding"] === undefined &&
  headers.origin === undefined &&
  routedUrl(url!) === url

/** Flat, as Node reads them fastest: an object made for each answer outlives the collection of young ones. */
const sameHeaders = Object.entries({ ...dataHeaders, "content-type": "application/json" }).flat()

const succeed = (request: IncomingMessage, response: ServerResponse, text: string) => {
  const body = Buffer.from(text)
  const id = identify(request)
  response.writeHead(200, [
    ...sameHeaders,
    "content-length",
    String(body.length),
    "x-request-id",
    id,
  ])
  response.end(body)
}

/** Every GET, so that no other endpoint's path is taken for that of a stored read. */
const routesOf = (api: HttpApi.HttpApi.Any) => {
  const routes = HttpLayerRouter.FindMyWay.make<Lane | undefined>({ maxParamLength: maxHeadBytes })
  HttpApi.reflect(api as never, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations }) => {
      const reflected = endpoint as unknown as HttpApiEndpoint.HttpApiEndpoint.AnyWithProps
      const lane = laneOf(reflected, mergedAnnotations as Context.Context<Stored | Required>)
      if (reflected.method === "GET") routes.on("GET", reflected.path as never, lane)
    },
  })
  return routes
}

type Lane = NonNullable<ReturnType<typeof laneOf>>

const laneOf = (
  { headersSchema, pathSchema, urlParamsSchema }: HttpApiEndpoint.HttpApiEndpoint.AnyWithProps,
  annotations: Context.Context<Stored | Required>,
) => {
  const read = Context.get(annotations, Stored)
  const needs = Context.get(annotations, Required)
  if (!read || !needs || headersSchema._tag === "Some") return undefined
  const decodePath = decoderOf(pathSchema)
  const decodeParams = decoderOf(urlParamsSchema)
  return {
    needs,
    statement: read.statement,
    parameters: (asked: unknown, query: unknown): ReadonlyArray<Parameter> | undefined => {
      const path = decodePath(asked)
      const urlParams = decodeParams(query)
      if (Either.isLeft(path) || Either.isLeft(urlParams)) return undefined
      return read.parameters({ path: path.right, urlParams: urlParams.right } as never)
    },
  }
}

const nothing = Either.right({})

const decoderOf = (schema: Option.Option<Schema.Schema.All>) =>
  schema._tag === "Some"
    ? Schema.decodeUnknownEither(schema.value as Schema.Schema<unknown>)
    : () => nothing
