import { Cause, Clock, Effect, Exit, Option, Stream } from "effect"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { Sighting } from "../../src/domain/Sighting.ts"
import { type CallFailure, isLimit } from "./Call.ts"
import { chunksOf, pagesOf, type ReadGroups, readGroups } from "./GroupPages.ts"
import { fetchAllGroups, fetchGroups, listGroups } from "./GroupQueries.ts"
import type { Socket } from "./Socket.ts"
import type { BinaryNode } from "./Vendor.ts"

type Answers = Stream.Stream<ReadonlyArray<BinaryNode>, CallFailure>

/** Milliseconds between two pages. */
const pause = 100

/** Milliseconds for which what a sync has stored counts as fetched when the next one takes it up. */
const fresh = 600_000

/**
 * Stores every group of the account, in pieces, and then which ones there are: which they are is asked
 * first, and then page by page who is in them. What a limit of WhatsApp's cuts short, the next sync takes
 * up where it was, or an account of many groups would never get through. Where WhatsApp does not
 * answer in pages, everything is asked for at once.
 */
export const makeGroupSync = (
  socket: Socket,
  store: (seen: ReadonlyArray<Sighting>) => Effect.Effect<void>,
): Effect.Effect<void, CallFailure> => {
  let done = new Set<GroupJid>()
  let doneAt = 0

  const storeAll = (answers: Answers, jids: Set<GroupJid>) => {
    const keep = Effect.fnUntraced(function* ({ gone, seen }: ReadGroups) {
      for (const jid of gone) jids.delete(jid)
      for (const { jid } of seen) jids.add(jid)
      yield* store(seen)
      for (const { jid } of seen) done.add(jid)
      doneAt = yield* Clock.currentTimeMillis
    })
    return answers.pipe(
      Stream.mapConcat(chunksOf),
      Stream.mapEffect((groups) => readGroups(socket, groups)),
      // The next ones are read while the database stores these.
      Stream.buffer({ capacity: 1 }),
      Stream.runForEach(keep),
    )
  }

  return Effect.gen(function* () {
    if (doneAt < (yield* Clock.currentTimeMillis) - fresh) done = new Set()
    const groups = yield* listGroups(socket)
    const jids = new Set(groups.map(({ jid }) => jid))
    const pages = Stream.fromIterable(pagesOf(groups.filter(({ jid }) => !done.has(jid))))
    const turn = makeTurn()
    const inPages = pages.pipe(
      Stream.mapEffect((page) => Effect.zipRight(turn, fetchGroups(socket, page))),
      // WhatsApp puts the next page together while this one is read and stored.
      Stream.buffer({ capacity: 1 }),
    )
    yield* Effect.catchIf(storeAll(inPages, jids), isNoAnswer, () =>
      storeAll(Stream.fromEffect(fetchAllGroups(socket)), jids),
    )
    yield* store([{ _tag: "GroupsListed", jids: [...jids] }])
  }).pipe(
    Effect.onExit((exit) =>
      Effect.sync(() => {
        if (!isCutShort(exit)) done = new Set()
      }),
    ),
  )
}

const isCutShort = (exit: Exit.Exit<void, CallFailure>) =>
  Exit.isFailure(exit) && Option.exists(Cause.failureOption(exit.cause), isLimit)

/** Somebody may wait for these groups: not the budget's turns, which wait for the end of a limit too. */
const makeTurn = () => {
  let next = 0
  return Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const at = Math.max(now, next)
    next = at + pause
    return Effect.sleep(at - now)
  })
}

const isNoAnswer = (failure: CallFailure) =>
  failure._tag === "UpstreamSilent" || (failure._tag === "Refusal" && !isLimit(failure))
