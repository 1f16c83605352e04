import { Data, Deferred, type Duration, Effect, Option } from "effect"
import { SessionOffline } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import type { Closed } from "../sessions/Connector.ts"
import { afterClose } from "../sessions/Reconnect.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"
import { backoffIn, integerIn } from "./WireNumbers.ts"

/** WhatsApp's no. Each adapter says what the codes it knows mean there. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly code: number
  readonly text: string
  /** How long it asks to be left alone, where it says so. */
  readonly backoffSeconds: number | undefined
}> {}

export type CallFailure = Refusal | SessionOffline | UpstreamSilent

/** WhatsApp answered, but not what was asked. */
export const unreadable = new Refusal({
  code: 500,
  text: "unreadable answer",
  backoffSeconds: undefined,
})

/** WhatsApp may have done it nevertheless: it fell silent, broke over it, or answered unreadably. */
export const isUnclear = (failure: CallFailure) =>
  failure._tag === "UpstreamSilent" || (failure._tag === "Refusal" && failure.code >= 500)

/** WhatsApp wants to be left alone for a while. */
export const isLimit = (failure: CallFailure) => failure._tag === "Refusal" && failure.code === 429

/**
 * Asks WhatsApp and waits for its answer: never longer than the deadline, nor a moment longer than
 * the connection lives. The library's own query turns silence into an answer, and a lost connection
 * into silence.
 */
export const call = Effect.fnUntraced(function* (
  socket: Socket,
  request: BinaryNode,
  deadline: Duration.DurationInput = "15 seconds",
) {
  if (!socket.isOpen()) return yield* offline(socket)
  const answered = answer(socket, request).pipe(
    Effect.timeoutFail({ duration: deadline, onTimeout: () => new UpstreamSilent() }),
  )
  const ended = Effect.zipRight(Deferred.await(socket.closed), offline(socket))
  const result = yield* Effect.raceFirst(answered, ended)
  return result.attrs["type"] === "error" ? yield* refuse(socket, result) : result
})

/** Fails with the no in a node, which the session respects in all that it asks of its own accord. */
export const refuse = Effect.fnUntraced(function* ({ budget }: Socket, node: BinaryNode) {
  const refusal = refusalIn(node)
  if (refusal.code === 429) yield* budget.hold(refusal.backoffSeconds)
  return yield* refusal
})

/** Offline in the way that the end of the connection, where it has ended, leads to. */
const offline = ({ closed }: Socket) =>
  Effect.flatMap(
    Deferred.poll(closed),
    Option.match({
      onNone: () => new SessionOffline({ status: "starting" }),
      onSome: Effect.flatMap((end) => new SessionOffline({ status: statusAfter(end) })),
    }),
  )

const statusAfter = (closed: Closed) => afterClose(closed, 1, 0).status

/** What a code means where no adapter knows better. */
export const upstreamFailure = ({ code, text, backoffSeconds }: Refusal) =>
  code === 429
    ? new UpstreamRateLimited({ retryAfterSeconds: backoffSeconds ?? 60 })
    : new UpstreamRefused({ whatsapp: { code, text } })

const answer = (socket: Socket, request: BinaryNode) =>
  Effect.async<BinaryNode, SessionOffline>((resume) => {
    const onAnswer = (node: BinaryNode) => resume(Effect.succeed(node))
    return Effect.sync(ask(socket, request, onAnswer, () => resume(offline(socket))))
  })

/** Asks WhatsApp and calls back with what it answers, if it does, until what is returned is called. */
export const ask = (
  { library, meter }: Socket,
  request: BinaryNode,
  onAnswer: (node: BinaryNode) => void,
  onUnsent: () => void,
) => {
  meter.requested += 1
  const id = library.generateMessageTag()
  const tag = `TAG:${id}`
  library.ws.once(tag, onAnswer)
  library.sendNode({ ...request, attrs: { ...request.attrs, id } }).catch(onUnsent)
  return () => void library.ws.off(tag, onAnswer)
}

/** The no in an answer of the type `error`; one without a readable code is as good as a defect's. */
export const refusalIn = (result: BinaryNode) => {
  const { code, text, backoff } = getBinaryNodeChild(result, "error")?.attrs ?? {}
  return new Refusal({
    code: integerIn(code) ?? 500,
    text: text ?? "unknown error",
    backoffSeconds: backoffIn(backoff),
  })
}
