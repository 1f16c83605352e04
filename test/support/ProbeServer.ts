import {
  HttpApiBuilder,
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiSchema,
  HttpLayerRouter,
} from "@effect/platform"
import { Context, Deferred, Effect, Either, Layer, Option, Schema } from "effect"
import { authorization } from "../../layers/http/Authorization.ts"
import { Credentials } from "../../layers/http/Credentials.ts"
import { Drain } from "../../layers/http/Drain.ts"
import { listening, NodeServer } from "../../layers/http/NodeServer.ts"
import { operationRoutes, operations, Readiness } from "../../layers/http/Operations.ts"
import { routesOf } from "../../layers/http/Routes.ts"
import { serve } from "../../layers/http/Server.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { compose } from "../../src/Gateway.ts"
import { basePath, strict } from "../../src/http/BaseApi.ts"
import { needs } from "../../src/http/Requirement.ts"
import { definePlugin, pluginApi } from "../../src/Plugin.ts"
import { Settings } from "../../src/Settings.ts"

const Note = strict(
  Schema.Struct({
    name: Schema.String.pipe(Schema.maxLength(5, { description: "a name of 5 characters" })),
    count: Schema.optionalWith(Schema.Int.annotations({ description: "a whole number" }), {
      exact: true,
    }),
  }),
)

/** Endpoints that do nothing but what the edge of HTTP is tested with. */
class ProbeApi extends HttpApiGroup.make("probe")
  .add(HttpApiEndpoint.get("look", "/probe").addSuccess(Schema.Int).annotateContext(needs("read")))
  .add(
    HttpApiEndpoint.post("note", "/probe")
      .setPayload(Note)
      .addSuccess(Schema.Struct({ name: Schema.String, count: Schema.optional(Schema.Int) }))
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.post("act", "/probe/$act")
      .setPayload(Note)
      .addSuccess(Schema.Struct({ name: Schema.String, count: Schema.optional(Schema.Int) }))
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.del("wait", "/probe")
      .addSuccess(HttpApiSchema.NoContent)
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.get("find", "/probe/:id")
      .setPath(strict(Schema.Struct({ id: Schema.String })))
      .addSuccess(Schema.Int)
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.get("boom", "/probe/boom")
      .addSuccess(Schema.String)
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.get("flood", "/probe/flood")
      .addSuccess(HttpApiSchema.Text())
      .annotateContext(needs("read")),
  )
  .prefix(basePath) {}

/** Of an answer that no buffer on the way can hold. */
export const floodBytes = 32 * 1024 * 1024

/** Holds the `wait` endpoint: it says when a request is inside and answers when let go. */
export class Gate extends Context.Tag("test/Gate")<
  Gate,
  { readonly entered: Deferred.Deferred<void>; readonly opened: Deferred.Deferred<void> }
>() {
  static readonly layer = Layer.effect(
    Gate,
    Effect.all({ entered: Deferred.make<void>(), opened: Deferred.make<void>() }),
  )
}

const probeHttp = (gate: Gate["Type"]) =>
  HttpApiBuilder.group(pluginApi(ProbeApi), "probe", (handlers) =>
    handlers
      .handle("look", () => Effect.succeed(1))
      .handle("note", ({ payload }) => Effect.succeed(payload))
      .handle("act", ({ payload }) => Effect.succeed(payload))
      .handle("wait", () =>
        Effect.zipRight(Deferred.succeed(gate.entered, undefined), Deferred.await(gate.opened)),
      )
      .handle("find", ({ path }) => Effect.succeed(path.id.length))
      .handle("flood", () => Effect.succeed("x".repeat(floodBytes)))
      .handle("boom", () => Effect.die(new Error("password=hunter2"))),
  )

/** `read`, `send`, `manage` or several joined by `+` are tokens of just these capabilities. */
const tokens = Layer.succeed(Credentials, {
  recall: () => undefined,
  verify: (token) =>
    Effect.succeed(
      /^(read|send|manage)(\+(read|send|manage))*$/.test(token)
        ? Option.some({
            organizationId: OrganizationId.make("org_01J9ZX8K2QHV0M3T6R7P4N5W8C"),
            subject: "key_1",
            userId: null,
            capabilities: new Set(token.split("+") as never),
            superAdmin: false,
          })
        : Option.none(),
    ),
})

/** Whose pages may read the answers. */
export const pageOrigin = "https://page.example"

const settings = Either.getOrThrow(
  Settings.parse({
    PORT: "0",
    BODY_LIMIT: "1024",
    REQUEST_TIMEOUT_SECONDS: "1",
    CORS_ORIGINS: pageOrigin,
  }),
)

/** The edge with nothing but the probe behind it, on a free port. */
export const ProbeServer = Layer.unwrapEffect(
  Effect.map(Gate, (gate) => {
    const handlers = probeHttp(gate)
    const { api, endpoints } = compose([
      definePlugin({ name: "probe", groups: [ProbeApi], handlers }),
    ])
    const routes = HttpLayerRouter.addHttpApi(api).pipe(
      Layer.provide(handlers),
      Layer.provide(authorization(endpoints)),
      Layer.merge(operations(api)),
    )
    return serve(routes, routesOf([...endpoints, ...operationRoutes]))
  }),
).pipe(
  Layer.provide(tokens),
  Layer.provide(Layer.succeed(Readiness, { obstacle: Effect.succeed(undefined) })),
  Layer.provideMerge(listening),
  Layer.provideMerge(Layer.mergeAll(NodeServer.layer, Drain.layer)),
  Layer.provideMerge(Gate.layer),
  Layer.provide(Layer.succeed(Settings, settings)),
)
