import { jidAddress, type SignalRepository } from "./Repository.ts"

/** Runs the work for one key in the order it was asked for, one at a time. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>()

  async take<A>(key: string, work: () => Promise<A>): Promise<A> {
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(work)
    const tail = turn.catch(() => {})
    this.#tails.set(key, tail)
    try {
      return await turn
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }
}

const turns = new Turns()

/**
 * libsignal keeps one queue per bare address for the whole process, and runs a job in the async
 * context of whoever started the queue: accounts that share a contact would write their ratchets
 * into each other's transactions. Taken in turns, that queue never holds a second job.
 */
export const takeTurns = (repository: SignalRepository) => {
  const { decryptMessage, encryptMessage, injectE2ESession } = repository
  const inTurn =
    <Args extends { readonly jid: string }, A>(work: (args: Args) => Promise<A>) =>
    (args: Args) =>
      turns.take(jidAddress(repository, args.jid), () => work(args))
  repository.decryptMessage = inTurn(decryptMessage)
  repository.encryptMessage = inTurn(encryptMessage)
  repository.injectE2ESession = inTurn(injectE2ESession)
}
