import { Clock, Effect, Queue, Schedule } from "effect"
import type { UpstreamFailure } from "../../src/domain/WhatsAppFailure.ts"
import type { Connection } from "./Connector.ts"
import type { PairingRequest } from "./Leases.ts"
import type { PairingAnswer } from "./Pairing.ts"
import type { RunningSession } from "./RunningSession.ts"
import { SessionRows } from "./SessionRows.ts"

/** Milliseconds after which nobody waits for the answer any more. */
export const pairingPatience = 15_000

/** Asks WhatsApp for a code for everybody who wants one, as long as the connection lives. */
export const answerPairings = (running: RunningSession, connection: Connection) =>
  Queue.take(running.pairings).pipe(
    Effect.flatMap((request) => answer(running, connection, request)),
    Effect.forever,
  )

const answer = Effect.fnUntraced(function* (
  running: RunningSession,
  connection: Connection,
  request: PairingRequest,
) {
  const rows = yield* SessionRows
  // Before it has a code to show, a connection would break on the question.
  yield* Effect.repeat(
    Effect.sync(() => running.code !== undefined),
    { until: (isShown) => isShown, schedule: Schedule.spaced("50 millis") },
  )
  if ((yield* Clock.currentTimeMillis) > request.askedAt + pairingPatience) return
  const answered = yield* connection.pairByPhone(request.phone).pipe(
    Effect.map((code): PairingAnswer => ({ _tag: "Code", ...code })),
    Effect.catchAll((failure) => Effect.succeed(answerFor(failure))),
  )
  yield* rows.pairingAnswered(running.lease, request, answered)
})

const answerFor = (failure: UpstreamFailure): PairingAnswer => {
  switch (failure._tag) {
    case "UpstreamRefused":
      return { _tag: "Refused", ...failure.whatsapp }
    case "UpstreamRateLimited":
      return { _tag: "Limited", retryAfterSeconds: failure.retryAfterSeconds }
    case "UpstreamSilent":
      return { _tag: "Silent" }
  }
}
