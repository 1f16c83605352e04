import { Duration, Effect } from "effect"
import type { IncomingMessage } from "node:http"
import { malformed, Refusal } from "./Refusal.ts"

export interface BodyRules {
  /** Bytes. */
  readonly limit: number
  readonly arrivesWithin: Duration.DurationInput
}

/**
 * The whole body, or death by `Refusal` as soon as it is too large or too slow. The rest of a refused
 * body is let flow by unread: a connection that is cut would take the answer with it.
 */
export const readBody = (message: IncomingMessage, rules: BodyRules): Effect.Effect<Buffer> =>
  Effect.async<Buffer>((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0

    const settle = (outcome: Effect.Effect<Buffer>) => {
      clearTimeout(timer)
      message.off("data", take).off("end", finish).off("close", finish).resume()
      resume(outcome)
    }
    const take = (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > rules.limit) settle(Effect.die(tooLarge(rules)))
    }
    const finish = () =>
      settle(
        message.complete
          ? Effect.succeed(Buffer.concat(chunks))
          : Effect.die(malformed("a body that arrives whole")),
      )
    const timer = setTimeout(
      () => settle(Effect.die(malformed("a body that arrives in time"))),
      Duration.toMillis(rules.arrivesWithin),
    )
    if (Number(message.headers["content-length"] ?? 0) > rules.limit) {
      return settle(Effect.die(tooLarge(rules)))
    }
    message.on("data", take).on("end", finish).on("close", finish)
  })

const tooLarge = ({ limit }: BodyRules) =>
  new Refusal({
    code: "payload_too_large",
    message: "the request body is too large",
    details: { limit },
  })
