import { hashOf, type Letter, type LetterHash } from "./Letter.ts"
import type { Origins } from "./Origins.ts"
import { sessionTransaction, type SignalRepository, type TransactionalKeys } from "./Repository.ts"

export interface PlaintextKeeping {
  readonly origins: Pick<Origins, "of">
  /** What was decrypted from it earlier, if anything; never rejects while a receipt can be sent. */
  readonly replay: (hash: LetterHash) => Promise<Uint8Array | undefined>
  /** A message of unknown origin can not be kept: it must not be receipted. */
  readonly onOrphan: () => void
  /** Nothing opened it, now or earlier. */
  readonly onUndecryptable?: () => void
}

/**
 * Makes what is decrypted part of the transaction that moves the ratchet on, so that both are stored
 * or neither, before the receipt. What comes again although it was stored, because the process died
 * before the receipt, is answered from the store and looks to the library like a first delivery.
 */
export const keepPlaintext = (
  repository: SignalRepository,
  keys: TransactionalKeys,
  { onOrphan, onUndecryptable, origins, replay }: PlaintextKeeping,
) => {
  const { decryptGroupMessage, decryptMessage } = repository

  const kept = async (
    ciphertext: Uint8Array,
    decrypt: () => Promise<Uint8Array>,
    transaction: (work: () => Promise<Uint8Array>) => Promise<Uint8Array>,
  ) => {
    const origin = origins.of(ciphertext)
    if (origin === undefined) {
      onOrphan()
      throw new Error("a message of unknown origin")
    }
    const hash = hashOf(ciphertext)
    try {
      return await transaction(async () => {
        const plaintext = await decrypt()
        await keys.set(lettersOf(hash, { ...origin, plaintext }))
        return plaintext
      })
    } catch (failure) {
      const earlier = await replay(hash)
      if (earlier !== undefined) return earlier
      onUndecryptable?.()
      throw failure
    }
  }

  repository.decryptMessage = (args) =>
    kept(
      args.ciphertext,
      () => decryptMessage(args),
      (work) => sessionTransaction(repository, keys, args.jid, work),
    )
  repository.decryptGroupMessage = (args) =>
    kept(
      args.msg,
      () => decryptGroupMessage(args),
      (work) => keys.transaction(work, args.group),
    )
}

/** A kind of key that the library does not know travels through its transactions like any other. */
const lettersOf = (hash: LetterHash, letter: Letter) => ({ inbox: { [hash]: letter } }) as object
