import { randomFillSync } from "node:crypto"
import { ulid as make } from "ulid"

const pool = Buffer.alloc(8_192)
let drawn = pool.length

/** Between 0 and 1, in steps of 1/256: drawn one by one, random bytes cost more than the rest of an id. */
const random = () => {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  return pool[drawn++]! / 256
}

/** An id that sorts by the time it was made; epoch milliseconds, by default now. */
export const ulid = (time = Date.now()): string => make(time, random)
