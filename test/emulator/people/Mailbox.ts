import type { BinaryNode } from "../wire/Nodes.ts"

/** That a device took responsibility for a stanza, and how it said so. */
export type Settlement = {
  readonly tag: string
  readonly id: string
  /** `ack`, `nack:<code>` or `receipt:<type>`. */
  readonly how: string
  /** False when the same stanza had been settled before. */
  readonly first: boolean
}

const MEMORY = 100_000

/** What one device was sent and has not taken responsibility for. It gets all of it again after every login. */
export class Mailbox {
  readonly settled: Array<Settlement> = []
  /** How many stanzas were handed out a second time or later. */
  redelivered = 0
  #unsettled = new Map<string, { node: BinaryNode; sent: boolean }>()

  get unsettled(): Array<BinaryNode> {
    return [...this.#unsettled.values()].map(({ node }) => node)
  }

  put(node: BinaryNode, sent: boolean) {
    const key = keyOf(node.tag, node.attrs)
    this.#unsettled.delete(key)
    this.#unsettled.set(key, { node, sent })
  }

  /** Everything unsettled, oldest first, counted as handed out. */
  takeAll(): Array<BinaryNode> {
    const letters = [...this.#unsettled.values()]
    for (const letter of letters) {
      if (letter.sent) this.redelivered += 1
      letter.sent = true
    }
    return letters.map(({ node }) => node)
  }

  settleByReceipt(id: string, type: string | undefined): Settlement {
    return this.#settle("message", id, keyOf("message", { id }), `receipt:${type ?? "delivered"}`)
  }

  settleByAck({ attrs }: BinaryNode): Settlement {
    const { class: tag = "", id = "", to, error } = attrs
    const key = keyOf(tag, { ...attrs, ...(to === undefined ? {} : { from: to }) })
    return this.#settle(tag, id, key, error === undefined ? "ack" : `nack:${error}`)
  }

  #settle(tag: string, id: string, key: string, how: string) {
    const settlement = { tag, id, how, first: this.#unsettled.delete(key) }
    if (tag !== "receipt") this.settled.push(settlement)
    if (this.settled.length > MEMORY) this.settled.shift()
    return settlement
  }
}

/** Receipts share the id of the message they are about, so theirs needs more to be unique. */
const keyOf = (tag: string, { id, from, participant, type }: Record<string, string>) =>
  tag === "receipt" ? [tag, id, from, participant, type].join(" ") : `${tag} ${id}`
