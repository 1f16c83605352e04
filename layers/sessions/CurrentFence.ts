import { Context } from "effect"

/**
 * The number that every write of a session's socket carries: a later holder of the session has a
 * greater one, and from then on the database refuses. Null where nobody contends for the session.
 */
export class CurrentFence extends Context.Reference<CurrentFence>()(
  "layers/sessions/CurrentFence",
  { defaultValue: (): number | null => null },
) {}
