import { Clock, Effect } from "effect"
import { UpstreamSilent } from "../../src/domain/WhatsAppFailure.ts"
import type { QrCode } from "../../src/ports/Sessions.ts"
import { refusalIn, upstreamFailure } from "./Call.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, getBinaryNodeChild } from "./Vendor.ts"

/**
 * A code that links this socket to the phone with that number. The library sends the question and
 * does not wait for the answer, which is a refusal where the number is wrong or asked too often.
 */
export const pairByPhone = Effect.fn("baileys.pairByPhone")(function* (
  { library }: Socket,
  phone: string,
  expiresAt: number,
) {
  const [answer, code] = yield* Effect.all(
    [answerTo(library.ws), Effect.tryPromise(() => library.requestPairingCode(phone))],
    { concurrency: 2 },
  ).pipe(
    Effect.timeoutFail({ duration: "8 seconds", onTimeout: () => new UpstreamSilent() }),
    Effect.catchTag("UnknownException", () => new UpstreamSilent()),
  )
  if (answer.attrs["type"] === "error") return yield* upstreamFailure(refusalIn(answer))
  const isLate = expiresAt < (yield* Clock.currentTimeMillis)
  if (isLate) return yield* new UpstreamSilent()
  return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt } satisfies QrCode
})

/** A socket that is not linked asks nothing else. */
const answerTo = (ws: Socket["library"]["ws"]) =>
  Effect.async<BinaryNode>((resume) => {
    const onFrame = (node: BinaryNode | Uint8Array) => {
      if (!("tag" in node) || node.tag !== "iq") return
      const isAnswer =
        node.attrs["type"] === "error" ||
        getBinaryNodeChild(node, "link_code_companion_reg") !== undefined
      if (isAnswer) resume(Effect.succeed(node))
    }
    ws.on("frame", onFrame)
    return Effect.sync(() => ws.off("frame", onFrame))
  })
