import { AsyncResource } from "node:async_hooks"
import { sessionTransaction, type SignalRepository, type TransactionalKeys } from "./Repository.ts"

const outside = new AsyncResource("outside-any-key-transaction")

/**
 * The library sends inside one transaction of the whole account, which keeps the session it has read
 * while a decryption moves the same session on in another: the last to commit wins, and messages
 * become unreadable for the other side. Out of the caller's context, encrypting is a transaction of
 * its own, under the name that decrypting uses, and is committed before the stanza leaves.
 */
export const detachSends = (repository: SignalRepository, keys: TransactionalKeys) => {
  const { encryptMessage, injectE2ESession } = repository
  const detached =
    <Args extends { readonly jid: string }, A>(work: (args: Args) => Promise<A>) =>
    (args: Args) =>
      outside.runInAsyncScope(() =>
        sessionTransaction(repository, keys, args.jid, () => work(args)),
      )
  repository.encryptMessage = detached(encryptMessage)
  repository.injectE2ESession = detached(injectE2ESession)
}
