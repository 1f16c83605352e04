import { Effect } from "effect"
import {
  type BinaryNode,
  decodeMessageNode,
  type proto,
  type WAMessage,
  type WASocket,
} from "../Vendor.ts"
import type { OpenLetter } from "./InboxRows.ts"
import type { Letter } from "./Letter.ts"
import { messagesIn, type Recipient } from "./Reading.ts"

/** Letters that become no row but have the library, or whoever listens to it, do something. */
export const hasAftermath = (letter: Letter): boolean =>
  letter.kind === "stanza"
    ? letter.stanza.tag === "notification"
    : letter.attrs["category"] === "peer"

/** By then the library is done with what came in, or never will be. */
const grace = "10 seconds"

/**
 * Keeps letters open until what they cause has happened: keys that the phone shares, history, groups
 * to fetch again. What an earlier process left behind is done again, which does no harm.
 */
export const makeAftermath = (
  /** Whatever stands behind it came in on this connection. */
  boundary: number,
  done: (positions: ReadonlyArray<number>) => Effect.Effect<void>,
) => {
  const waiting = new Map<number, Letter>()

  const settle = (isSettled: (position: number) => boolean) =>
    Effect.suspend(() => {
      const positions = [...waiting.keys()].filter(isSettled)
      if (positions.length === 0) return Effect.void
      return Effect.tap(done(positions), () => positions.forEach((one) => waiting.delete(one)))
    })

  return {
    waiting: (): ReadonlyArray<number> => [...waiting.keys()],
    add: (letters: ReadonlyArray<OpenLetter>) =>
      letters.forEach(({ letter, position }) => waiting.set(position, letter)),

    /** Once the connection is open, until nothing waits any more. */
    follow: (library: WASocket, me: Recipient) =>
      Effect.gen(function* () {
        while (waiting.size > 0) {
          const present = new Map(waiting)
          for (const [position, letter] of present)
            if (position <= boundary) yield* Effect.ignoreLogged(again(library, me, letter))
          yield* settle((position) => position <= boundary && present.has(position))
          yield* Effect.sleep(grace)
          yield* settle((position) => position > boundary && present.has(position))
        }
      }),
  } as const
}

const again = (library: WASocket, me: Recipient, letter: Letter) =>
  Effect.tryPromise(async () => {
    if (letter.kind === "stanza")
      return void library.ws.emit(
        `CB:notification,type:${letter.stanza.attrs["type"]}`,
        letter.stanza,
      )
    for (const { attrs, message } of messagesIn(letter))
      await library.upsertMessage(asReceived(attrs, message, me), "append")
  })

/** Whether it is from the account itself is the library's to decide, as it was the first time. */
const asReceived = (
  attrs: BinaryNode["attrs"],
  message: proto.Message,
  me: Recipient,
): WAMessage => {
  const { fullMessage } = decodeMessageNode({ tag: "message", attrs }, me.id, me.lid ?? "")
  return { ...fullMessage, message }
}
