import { Schema } from "effect"
import { Failure } from "./Failure.ts"

/** WhatsApp refused in a way that no other failure describes; `whatsapp` has its own words. */
export class UpstreamRefused extends Failure<UpstreamRefused>()("UpstreamRefused", {
  code: "upstream_error",
  message: "whatsapp refused the request",
  details: { whatsapp: Schema.Struct({ code: Schema.Int, text: Schema.String }) },
}) {}

/** WhatsApp did not answer before the deadline; whether it acted is unknown. */
export class UpstreamSilent extends Failure<UpstreamSilent>()("UpstreamSilent", {
  code: "upstream_timeout",
  message: "whatsapp did not answer in time",
  details: {},
}) {}

/** WhatsApp's own limit (`rate-overlimit`). */
export class UpstreamRateLimited extends Failure<UpstreamRateLimited>()("UpstreamRateLimited", {
  code: "rate_limited",
  message: "whatsapp is limiting the rate of this session",
  details: { retryAfterSeconds: Schema.Int },
}) {}

/** What every live call may run into besides its own refusals. */
export type UpstreamFailure = UpstreamRefused | UpstreamSilent | UpstreamRateLimited
