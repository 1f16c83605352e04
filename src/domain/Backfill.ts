import { Schema } from "effect"
import { Failure } from "./Failure.ts"
import { SessionId } from "./Session.ts"
import { EpochMillis } from "./Time.ts"

/** Everything of a session fetched from WhatsApp again: the last time that somebody asked for it. */
export const Backfill = Schema.Struct({
  sessionId: SessionId,
  status: Schema.Literal("never", "running", "done", "failed"),
  startedAt: Schema.NullOr(EpochMillis),
  finishedAt: Schema.NullOr(EpochMillis),
  /** Why it failed. */
  error: Schema.NullOr(
    Schema.String.annotations({ examples: ["whatsapp did not answer in time"] }),
  ),
}).annotations({ identifier: "Backfill" })
export type Backfill = typeof Backfill.Type

export class BackfillRunning extends Failure<BackfillRunning>()("BackfillRunning", {
  code: "conflict",
  message: "a backfill of the session is running",
  details: { reason: Schema.tag("backfill_running") },
}) {}
