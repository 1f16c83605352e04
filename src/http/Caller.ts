import { Effect } from "effect"
import type { OrganizationId } from "../domain/Organization.ts"
import { Principal } from "../domain/Principal.ts"

/** Runs a service method on behalf of the caller's organization. */
export const asCaller = <A, E, R>(
  act: (organization: OrganizationId) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R | Principal> =>
  Effect.flatMap(Principal, ({ organizationId }) => act(organizationId))
