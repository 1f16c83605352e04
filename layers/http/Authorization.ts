import { HttpRouter, HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect, Layer, Option } from "effect"
import type { Requirement } from "../../src/domain/Capability.ts"
import type { Principal } from "../../src/domain/Principal.ts"
import type { Endpoint } from "../../src/Gateway.ts"
import { Authorization, CapabilityMissing, Unauthorized } from "../../src/http/Authorization.ts"
import { noteCaller } from "./Callers.ts"
import { Credentials } from "./Credentials.ts"

/**
 * The one place that lets callers in. What an endpoint needs is looked up in an index of the composed
 * api; what is not in it is denied.
 */
export const authorization = (endpoints: ReadonlyArray<Endpoint>) =>
  Layer.effect(
    Authorization,
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const needed = new Map(
        endpoints.map(({ method, path, requirement }) => [`${method} ${path}`, requirement]),
      )

      const authorize = Effect.fnUntraced(function* (sent: string | undefined) {
        if (sent === undefined) return yield* new Unauthorized({ reason: "missing_credential" })
        const principal = yield* credentials.verify(sent)
        if (Option.isNone(principal)) return yield* new Unauthorized({ reason: "invalid_token" })
        const request = yield* HttpServerRequest.HttpServerRequest
        noteCaller(NodeHttpServerRequest.toIncomingMessage(request), principal.value.organizationId)
        const { route } = yield* HttpRouter.RouteContext
        const required = needed.get(`${route.method} ${route.path}`)
        if (required === undefined) return yield* Effect.dieMessage(`no requirement: ${route.path}`)
        if (!grants(principal.value, required)) return yield* new CapabilityMissing({ required })
        return principal.value
      })

      // HttpApi's own reading cuts off seven characters, whatever the scheme: read the headers again.
      const bearer = () =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
          authorize(credentialIn(headers)),
        )
      return { bearer }
    }),
  )

export const grants = ({ capabilities, superAdmin }: Principal["Type"], required: Requirement) =>
  required === "super_admin" ? superAdmin : capabilities.has(required)

/** `Authorization` wins over `x-api-key`; an unknown scheme is a credential that is not valid. */
export const credentialIn = (
  headers: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const { authorization: bearer, "x-api-key": key } = headers
  if (bearer === undefined) return key
  return /^Bearer +(\S+)$/i.exec(bearer.trim())?.[1] ?? ""
}
