import { Effect } from "effect"
import type { Socket } from "./Socket.ts"
import { ALL_WA_PATCH_NAMES } from "./Vendor.ts"

/**
 * Fetches the account's address book once, as soon as the phone has shared the key to it. The
 * library does this only for those who also take the history of all messages.
 */
export const fetchAddressBook = Effect.fn("AddressBook.fetch")(function* ({ library }: Socket) {
  const { creds } = library.authState
  if (creds.myAppStateKeyId === undefined || creds.accountSyncCounter > 0) return
  yield* readAddressBook({ library })
  library.ev.emit("creds.update", { accountSyncCounter: 1 })
})

/** Fetches what has been added to it since it was last read. */
export const readAddressBook = ({ library }: Pick<Socket, "library">) =>
  Effect.tryPromise(() => library.resyncAppState([...ALL_WA_PATCH_NAMES], true))
