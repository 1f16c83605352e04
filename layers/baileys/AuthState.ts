import { Effect, Runtime, Schedule } from "effect"
import { createHash } from "node:crypto"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { atEnd } from "./AtEnd.ts"
import { Credentials, isPaired } from "./Credentials.ts"
import type { InboxStore } from "./inbox/Inbox.ts"
import { InboxRows } from "./inbox/InboxRows.ts"
import { runtimeHere } from "./RuntimeHere.ts"
import { type Changes, SignalKeys } from "./SignalKeys.ts"
import { hasLostLease } from "../sessions/LeaseLost.ts"
import { encodeRecord } from "./StoredRecord.ts"
import type { AuthenticationCreds, LIDMapping, SignalDataSet, SignalKeyStore } from "./Vendor.ts"

export interface AuthStateHooks {
  /** New pairs of addresses, once they are committed: the only complete source of them. */
  readonly onMappings: (pairs: ReadonlyArray<LIDMapping>) => void
  /** Something was received, decrypted and committed. */
  readonly onReceived: () => void
  /**
   * Something can not be read or written. Nothing may be sent any more: a receipt would outlive what
   * it receipts, and a message that could not be looked up would be refused for good.
   */
  readonly onLost: () => void
}

export type AuthState = Effect.Effect.Success<ReturnType<typeof makeAuthState>>

// Short: meanwhile every chat of the account waits.
const patience = Schedule.intersect(Schedule.spaced("200 millis"), Schedule.recurs(5))

/**
 * Statements of one socket at a time. All sockets of the process share a few connections: a flood of
 * messages, each of which reads keys, would otherwise stand in line before everybody else's.
 */
const atOnce = 2

/**
 * One socket's credentials, keys and inbox, as the library wants them, kept in the database. Closing
 * the scope waits for the work under way and refuses later work, so that the next socket reads what
 * is true; what was refused was never receipted, and comes again.
 */
export const makeAuthState = Effect.fnUntraced(function* (
  organization: OrganizationId,
  session: SessionId,
  hooks: AuthStateHooks,
) {
  const credentials = yield* Credentials
  const signalKeys = yield* (yield* SignalKeys).open(organization, session)
  const rows = yield* InboxRows
  const work = yield* makeWork(hooks.onLost)
  const { creds, hasGroups } = yield* credentials.load(organization, session)

  const keys: SignalKeyStore = {
    get: (type, ids) => work.run(signalKeys.get(type, ids)) as Promise<never>,
    set: async (data: Changes) => {
      await work.run(signalKeys.set(data))
      if (data.inbox !== undefined) hooks.onReceived()
      const pairs = mappingsIn(data)
      if (pairs.length > 0) hooks.onMappings(pairs)
    },
  }
  const inbox: InboxStore = {
    find: (hash) => work.run(rows.find(organization, session, hash)),
    save: async (hash, letter) => {
      await work.run(rows.insert(organization, session, hash, letter))
      hooks.onReceived()
    },
  }

  const oneAtATime = yield* Effect.makeSemaphore(1)
  let stored = isPaired(creds) ? digestOf(creds) : undefined
  // The object is mutated in place, so the last save to run has the last word. Every login tells of
  // credentials that are what they were.
  const saving = oneAtATime.withPermits(1)(
    Effect.suspend(() => {
      const digest = digestOf(creds)
      if (digest === stored) return Effect.void
      return Effect.tap(credentials.save(organization, session, creds), () => {
        stored = digest
      })
    }),
  )
  let saved: Promise<unknown> = Promise.resolve()
  const save = () => {
    saved = work.run(saving)
    saved.catch(() => {})
  }
  const groupsStored = Effect.suspend(() => credentials.groupsStored(organization, session))
  return {
    auth: { creds, keys },
    inbox,
    save,
    saved: () => saved,
    hasGroups,
    groupsStored,
  } as const
})

const digestOf = (creds: AuthenticationCreds) =>
  createHash("sha256").update(encodeRecord(creds)).digest("base64")

const makeWork = Effect.fnUntraced(function* (onLost: () => void) {
  const runPromise = Runtime.runPromise(yield* runtimeHere)
  const underWay = new Set<Promise<unknown>>()
  const inTurn = (yield* Effect.makeSemaphore(atOnce)).withPermits(1)
  let fenced = false

  const run = <A, E>(work: Effect.Effect<A, E>): Promise<A> => {
    if (fenced) return Promise.reject(new Error("this socket has been replaced"))
    const working = runPromise(
      work.pipe(
        Effect.timeout("3 seconds"),
        inTurn,
        Effect.sandbox,
        Effect.retry({ schedule: patience, while: (cause) => !hasLostLease(cause) }),
        Effect.tapErrorCause(() => Effect.sync(onLost)),
        Effect.orDie,
      ),
    ).finally(() => underWay.delete(working))
    underWay.add(working)
    return working
  }
  const fence = Effect.promise(() => {
    fenced = true
    return Promise.allSettled(underWay)
  })
  yield* atEnd(fence)
  return { run } as const
})

const mappingsIn = (data: SignalDataSet): ReadonlyArray<LIDMapping> =>
  Object.entries(data["lid-mapping"] ?? {})
    .filter(([id, value]) => value !== null && !id.endsWith("_reverse"))
    .map(([pn, lid]) => ({ pn: `${pn}@s.whatsapp.net`, lid: `${lid}@lid` }))
