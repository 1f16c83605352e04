import { Schema } from "effect"

/** What a caller may do: look at stored data, act on WhatsApp, administer sessions and keys. */
export const Capability = Schema.Literal("read", "send", "manage")
export type Capability = typeof Capability.Type

/** What an endpoint asks for. No API key can ever hold `super_admin`. */
export type Requirement = Capability | "super_admin"
