import { setImmediate } from "node:timers/promises"
import {
  sessionAddress,
  sessionTransaction,
  type SignalRepository,
  type TransactionalKeys,
} from "./Repository.ts"

/** What libsignal keeps per device: a session for every time somebody started over. */
interface SessionRecord {
  readonly _sessions: Readonly<Record<string, { readonly indexInfo: { readonly used: number } }>>
  readonly version: string
}

/**
 * libsignal tries a message on one session after the other. Each failed try moves that session's
 * ratchet, and when a later one fits, all of them are stored: what is then sent under the damaged
 * ones never opens. Whoever was only tried is put back, in the same transaction.
 */
export const mendBystanders = (repository: SignalRepository, keys: TransactionalKeys) => {
  const { decryptMessage } = repository

  const read = async (address: string) => {
    const { [address]: record } = await keys.get("session", [address])
    // Not the bytes its type says it is.
    return record as unknown as SessionRecord | undefined
  }

  const decryptMended = async (args: Parameters<typeof decryptMessage>[0]) => {
    const address = await sessionAddress(repository, args.jid)
    const before = await read(address)
    await nextMoment(before)
    const plaintext = await decryptMessage(args)
    const after = await read(address)
    const mended = before && after && withBystanders(before, after)
    if (mended !== undefined) await keys.set({ session: { [address]: mended as never } })
    return plaintext
  }

  // A message that starts a session says which one it is for: nothing is tried.
  repository.decryptMessage = (args) =>
    args.type === "pkmsg"
      ? decryptMessage(args)
      : sessionTransaction(repository, keys, args.jid, () => decryptMended(args))
}

/** Undefined when there is nothing to put back. */
const withBystanders = (before: SessionRecord, after: SessionRecord): SessionRecord | undefined => {
  const sessions = Object.entries(after._sessions)
  if (sessions.length < 2) return undefined
  // Only the session that fitted is given a new time.
  const _sessions = Object.fromEntries(
    sessions.map(([key, session]) => {
      const earlier = before._sessions[key]
      return [key, earlier?.indexInfo.used === session.indexInfo.used ? earlier : session]
    }),
  )
  return { ...after, _sessions }
}

/** A session used a second time in one millisecond would look as if it had not been. */
const nextMoment = async (record: SessionRecord | undefined) => {
  const used = new Set(
    Object.values(record?._sessions ?? {}).map(({ indexInfo }) => indexInfo.used),
  )
  while (used.has(Date.now())) await setImmediate()
}
