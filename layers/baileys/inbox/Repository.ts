import type { DEFAULT_CONNECTION_CONFIG } from "../Vendor.ts"

export type MakeSignalRepository = typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository

/** What the library encrypts and decrypts with. */
export type SignalRepository = ReturnType<MakeSignalRepository>

/** The keys that repository works on; a transaction's writes reach the store as one. */
export type TransactionalKeys = Extract<
  Parameters<MakeSignalRepository>[0]["keys"],
  { readonly transaction: unknown }
>

/** What libsignal queues by. */
export const jidAddress = (repository: SignalRepository, jid: string) =>
  repository.jidToSignalProtocolAddress(jid)

/** What the session with a device is stored under: that of its LID, as soon as that is known. */
export const sessionAddress = async (repository: SignalRepository, jid: string) => {
  const lid = jid.endsWith("@lid") ? jid : await repository.lidMapping.getLIDForPN(jid)
  return jidAddress(repository, lid ?? jid)
}

/**
 * One transaction for one session. The library names its own by the JID's text, so `user@lid` and
 * `user:0@lid`, which are one session, would overwrite each other's ratchet.
 */
export const sessionTransaction = async <A>(
  repository: SignalRepository,
  keys: TransactionalKeys,
  jid: string,
  work: () => Promise<A>,
): Promise<A> => keys.transaction(work, `signal ${await sessionAddress(repository, jid)}`)
