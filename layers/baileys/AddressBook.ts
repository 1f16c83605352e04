import { Effect } from "effect"
import type { Socket } from "./Socket.ts"
import { ALL_WA_PATCH_NAMES } from "./Vendor.ts"

/**
 * Fetches the account's address book once, as soon as the phone has shared the key to it. The
 * library does this only for those who also take the history of all messages.
 */
export const fetchAddressBook = Effect.fnUntraced(function* (socket: Socket) {
  if (!isDue(socket)) return
  yield* socket.budget.spend
  if (!isDue(socket)) return
  yield* readAddressBook(socket)
  socket.library.ev.emit("creds.update", { accountSyncCounter: 1 })
})

const isDue = ({ library: { authState } }: Socket) =>
  authState.creds.myAppStateKeyId !== undefined && authState.creds.accountSyncCounter === 0

/** Fetches what has been added to it since it was last read. */
export const readAddressBook = ({ budget, library }: Socket) =>
  Effect.tryPromise(() => library.resyncAppState([...ALL_WA_PATCH_NAMES], true)).pipe(
    Effect.tapError(({ error }) => (isLimit(error) ? budget.hold() : Effect.void)),
  )

/** The library gives WhatsApp's code, and not how long the limit holds. */
const isLimit = (error: unknown) =>
  typeof error === "object" && error !== null && "data" in error && error.data === 429
