import { Cause, Data } from "effect"
import type { SessionId } from "../../src/domain/Session.ts"

/** Another process has the session now, or nobody will ever have it again. */
export class LeaseLost extends Data.TaggedError("LeaseLost")<{ readonly session: SessionId }> {}

/** Whether a statement was refused by `require_lease`. */
export const isFencedOff = (error: unknown): boolean => {
  if (typeof error !== "object" || error === null) return false
  const { cause, code } = error as { readonly code?: unknown; readonly cause?: unknown }
  return code === "GL001" || (cause !== error && isFencedOff(cause))
}

/** Trying again would be in vain. */
export const hasLostLease = (cause: Cause.Cause<unknown>): boolean =>
  isFencedOff(Cause.squash(cause))
