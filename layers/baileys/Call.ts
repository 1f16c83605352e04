import { Data, Deferred, type Duration, Effect } from "effect"
import { SessionOffline } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"

/** WhatsApp's no. Each adapter says what the codes it knows mean there. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly code: number
  readonly text: string
  /** How long it asks to be left alone, where it says so. */
  readonly backoffSeconds: number | undefined
}> {}

export type CallFailure = Refusal | SessionOffline | UpstreamSilent

const offline = () => new SessionOffline({ status: "starting" })

/**
 * Asks WhatsApp and waits for its answer: never longer than the deadline, nor a moment longer than
 * the connection lives. The library's own query turns silence into an answer, and a lost connection
 * into silence.
 */
export const call = Effect.fn("baileys.call")(function* (
  socket: Socket,
  request: BinaryNode,
  deadline: Duration.DurationInput = "15 seconds",
) {
  if (!socket.isOpen()) return yield* offline()
  const answered = answer(socket, request).pipe(
    Effect.timeoutFail({ duration: deadline, onTimeout: () => new UpstreamSilent() }),
  )
  const ended = Effect.flatMap(Deferred.await(socket.closed), offline)
  const result = yield* Effect.raceFirst(answered, ended)
  const refused = result.attrs["type"] === "error"
  if (!refused) return result
  const refusal = refusalIn(result)
  if (refusal.code === 429) yield* socket.budget.hold(refusal.backoffSeconds)
  return yield* refusal
})

/** What a code means where no adapter knows better. */
export const upstreamFailure = ({ code, text, backoffSeconds }: Refusal) =>
  code === 429
    ? new UpstreamRateLimited({ retryAfterSeconds: backoffSeconds ?? 60 })
    : new UpstreamRefused({ whatsapp: { code, text } })

const answer = ({ library, meter }: Socket, request: BinaryNode) =>
  Effect.async<BinaryNode, SessionOffline>((resume) => {
    meter.requested += 1
    const id = library.generateMessageTag()
    const tag = `TAG:${id}`
    const onAnswer = (node: BinaryNode) => resume(Effect.succeed(node))
    library.ws.once(tag, onAnswer)
    library
      .sendNode({ ...request, attrs: { ...request.attrs, id } })
      .catch(() => resume(Effect.fail(offline())))
    return Effect.sync(() => library.ws.off(tag, onAnswer))
  })

/** The no in an answer of the type `error`. */
export const refusalIn = (result: BinaryNode) => {
  const { code, text, backoff } = getBinaryNodeChild(result, "error")?.attrs ?? {}
  return new Refusal({
    code: Number(code ?? 500),
    text: text ?? "unknown error",
    backoffSeconds: backoff === undefined ? undefined : Number(backoff),
  })
}
