import type { Companion, Link, Registration } from "../people/Companion.ts"
import type { BinaryNode } from "../wire/Nodes.ts"
import type { Wire } from "../wire/Wire.ts"

type Waiting = {
  readonly resolve: (answer: BinaryNode) => void
  readonly reject: (reason: Error) => void
}

/** One client on the line: unknown at first, then either asking to be linked or logged in as a companion. */
export class Connection implements Link {
  readonly wire: Wire
  /** Set while the device waits to be linked. */
  registration: Registration | undefined
  companion: Companion | undefined
  /** True once the device has said that it wants its mail. */
  isReady = false
  #asked = new Map<string, Waiting>()

  constructor(wire: Wire) {
    this.wire = wire
  }

  send(node: BinaryNode) {
    return this.wire.send(node)
  }

  /** Sends a request to the device and waits for its answer. Rejects when the connection closes first. */
  ask(node: BinaryNode): Promise<BinaryNode> {
    return new Promise((resolve, reject) => {
      this.#asked.set(node.attrs["id"] ?? "", { resolve, reject })
      if (!this.send(node)) this.closed()
    })
  }

  /** Hands the device's answer to whoever asked; false when nobody did. */
  answer(node: BinaryNode) {
    const id = node.attrs["id"] ?? ""
    this.#asked.get(id)?.resolve(node)
    return this.#asked.delete(id)
  }

  closed() {
    for (const { reject } of this.#asked.values()) reject(new Error("the device hung up"))
    this.#asked.clear()
  }
}
