const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const HEX = "0123456789ABCDEF"

/**
 * Everything the emulator invents a name for, the same for the same seed and order of questions. What passes over the
 * wire draws from a stream of its own, so that traffic does not change how later people and groups are called.
 */
export class Ids {
  #world: Random
  #traffic: Random
  #people = 0
  #phones = 0
  #groups = 0
  #pictures = 0

  constructor(seed: number) {
    this.#world = new Random(seed)
    this.#traffic = new Random(~seed)
  }

  lid() {
    return String(200_000_000_000 + 1_000 * this.#people++ + this.#world.below(1_000))
  }

  phone() {
    return String(15_550_100_000 + ++this.#phones)
  }

  group() {
    return `1203630${String(10_000_000 + ++this.#groups)}${this.#world.pick("0123456789", 3)}@g.us`
  }

  picture() {
    return String(1_700_000_000 + ++this.#pictures)
  }

  inviteCode() {
    return this.#world.pick(BASE64URL, 22)
  }

  addRequest() {
    return this.#world.pick(HEX, 16)
  }

  message() {
    return `3A${this.#traffic.pick(HEX, 16)}`
  }

  /** A name for any other stanza. */
  token() {
    return this.#traffic.pick(HEX, 16)
  }
}

/** mulberry32: small, fast, and good enough for names. */
class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  pick(alphabet: string, length: number) {
    let out = ""
    while (out.length < length) out += alphabet[this.below(alphabet.length)]
    return out
  }

  below(limit: number) {
    return Math.floor(this.#next() * limit)
  }

  #next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
