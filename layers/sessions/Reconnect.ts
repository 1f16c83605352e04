import { Duration } from "effect"
import type { Closed } from "./Connector.ts"

/** What to do once a connection has ended. */
export type Next =
  | {
      readonly _tag: "Again"
      readonly after: Duration.Duration
      /** `failed` once it has been in vain for long: it goes on, but somebody should look. */
      readonly status: "starting" | "failed"
    }
  /** The session lets go of its socket. */
  | {
      readonly _tag: "Rest"
      readonly status: "stopped" | "failed" | "logged_out"
      /** Whether the credentials are worthless from now on. */
      readonly forget: boolean
      /** Whether it is still to run as soon as it can; otherwise somebody has to ask for it. */
      readonly wanted: boolean
      /** Whether a gateway that starts anew tries again, since its settings may be others. */
      readonly retryAtStart: boolean
      /** When it is tried again by itself. */
      readonly retryAfterMillis: number | undefined
    }

export interface Backoff {
  readonly base: Duration.DurationInput
  readonly cap: Duration.DurationInput
}

export const defaultBackoff: Backoff = { base: "1 second", cap: "2 minutes" }

/** Connections in vain, one after the other, before an unclear reason is called a failure. */
const patience = 10

/** Milliseconds to stay away where WhatsApp does not say how long. */
const suspension = 24 * 60 * 60 * 1000

/** How many times slower than after a lost connection. */
const slower = { unavailable: 4, unclear: 2 } as const

/**
 * `failures` counts connections that ended without having worked for a while, this one included.
 * `luck`, between 0 and 1, spreads sessions that were lost together.
 */
export const afterClose = (
  closed: Closed,
  failures: number,
  luck: number,
  backoff: Backoff = defaultBackoff,
): Next => {
  const again = (times: number, status: "starting" | "failed" = "starting"): Next => ({
    _tag: "Again",
    after: Duration.times(delay(failures, luck, backoff), times),
    status,
  })
  switch (closed.reason) {
    case "restart":
      // Asked for once after pairing; asked for again and again it is a loop like any other.
      return again(failures > 2 ? 1 : 0)
    case "lost":
    case "silent":
      return again(1)
    case "unavailable":
      return again(slower.unavailable)
    case "unclear":
      return again(slower.unclear, failures > patience ? "failed" : "starting")
    case "unscanned":
      return { ...rest, status: "stopped", wanted: false }
    case "logged_out":
      return { ...rest, status: "logged_out", forget: true, wanted: false }
    case "suspended":
      return { ...rest, retryAfterMillis: closed.retryAfterMillis ?? suspension }
    case "outdated":
    case "untrusted":
      return { ...rest, retryAtStart: true }
    // Two holders of one set of credentials would throw each other out for ever: not by itself.
    case "replaced":
    case "locked":
    case "downgraded":
    case "banned":
    case "refused":
      return rest
  }
}

const rest = {
  _tag: "Rest",
  status: "failed",
  forget: false,
  wanted: true,
  retryAtStart: false,
  retryAfterMillis: undefined,
} as const satisfies Next

const delay = (failures: number, luck: number, { base, cap }: Backoff) =>
  Duration.min(Duration.times(base, 2 ** Math.min(failures - 1, 20)), cap).pipe(
    Duration.times(0.5 + luck / 2),
  )
