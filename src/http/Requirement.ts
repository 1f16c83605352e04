import { OpenApi } from "@effect/platform"
import { Context } from "effect"
import type { Requirement } from "../domain/Capability.ts"

/** What an endpoint asks of its caller. Undefined by default, and then nobody may start the gateway. */
export class Required extends Context.Reference<Required>()("src/http/Required", {
  defaultValue: (): Requirement | undefined => undefined,
}) {}

/** Declares it: `HttpApiEndpoint.get(…).annotateContext(needs("read"))`. The document says it too. */
export const needs = (requirement: Requirement): Context.Context<never> =>
  Context.make(Required, requirement).pipe(
    Context.add(OpenApi.Override, { "x-capability": requirement }),
  ) as Context.Context<never>
