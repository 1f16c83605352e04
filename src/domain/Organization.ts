import { Schema } from "effect"
import { EpochMillis } from "./Time.ts"

/** The tenant: whatever it owns exists for nobody else. */
export const OrganizationId = Schema.String.pipe(
  Schema.pattern(/^org_[0-9A-HJKMNP-TV-Z]{26}$/, {
    description: "an organization id, e.g. org_01J9ZX8K2QHV0M3T6R7P4N5W8C",
  }),
  Schema.brand("OrganizationId"),
)
export type OrganizationId = typeof OrganizationId.Type

export const Organization = Schema.Struct({
  id: OrganizationId,
  name: Schema.String.annotations({ examples: ["Acme"] }),
  createdAt: EpochMillis,
})
export type Organization = typeof Organization.Type
