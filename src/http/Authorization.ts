import { HttpApiMiddleware, HttpApiSecurity, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { Failure } from "../domain/Failure.ts"
import { Principal } from "../domain/Principal.ts"
import { failures } from "./Envelope.ts"

export class Unauthorized extends Failure<Unauthorized>()("Unauthorized", {
  code: "unauthorized",
  message: "a valid credential is required",
  details: { reason: Schema.Literal("missing_credential", "invalid_token") },
}) {}

export class CapabilityMissing extends Failure<CapabilityMissing>()("CapabilityMissing", {
  code: "forbidden",
  message: "the credential lacks a capability",
  details: {
    reason: Schema.tag("capability"),
    required: Schema.Literal("read", "send", "manage", "super_admin"),
  },
}) {}

/**
 * Turns the caller's credential into a principal and refuses what its capabilities do not cover.
 * Runs before anything of the request is decoded.
 */
export class Authorization extends HttpApiMiddleware.Tag<Authorization>()(
  "src/http/Authorization",
  {
    failure: failures(Unauthorized, CapabilityMissing),
    provides: Principal,
    // `x-api-key` is accepted as well. It is documented in BaseApi: declared here, every refused
    // credential would be checked twice.
    security: {
      bearer: HttpApiSecurity.bearer.pipe(
        HttpApiSecurity.annotate(
          OpenApi.Description,
          "A login token of the identity provider, or an API key (`wa_…`).",
        ),
      ),
    },
  },
) {}
