import type { Person } from "../people/Person.ts"

const LIMIT = 4
const MEMORY = 10_000

/** How often each phone has asked for a message it could not decrypt. */
export class Retries {
  #counts = new Map<string, number>()

  /** The number of the next request; `undefined` when the phone has given up. */
  next(id: string, reader: Person): number | undefined {
    const key = `${reader.lid} ${id}`
    const count = (this.#counts.get(key) ?? 0) + 1
    if (count > LIMIT) return undefined
    this.#counts.set(key, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > MEMORY && oldest !== undefined) this.#counts.delete(oldest)
    return count
  }
}
