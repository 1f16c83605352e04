/** Runs the work for one key in the order it was asked for, one at a time. */
export class Turns {
  #tails = new Map<string, Promise<unknown>>()

  async run<A>(key: string, work: () => Promise<A>): Promise<A> {
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(work)
    const tail = turn.catch(() => undefined)
    this.#tails.set(key, tail)
    try {
      return await turn
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }
}
