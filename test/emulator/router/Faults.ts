import type { Companion } from "../people/Companion.ts"
import type { Person } from "../people/Person.ts"
import { type BinaryNode, children } from "../wire/Nodes.ts"
import type { Kick } from "./Kicks.ts"

/** Which stanzas go wrong; every given property has to match. */
export type FaultMatch = {
  readonly tag?: string
  readonly xmlns?: string
  readonly type?: string
  readonly to?: string
  /** The tag of a direct child, for example `subject` or `participating`. */
  readonly child?: string
  readonly person?: Person
  readonly when?: (node: BinaryNode, companion: Companion | undefined) => boolean
}

/** What happens instead of, or before, the usual answer. */
export type FaultEffect = {
  readonly code?: number
  readonly text?: string
  /** More attributes of the error, for example `{ backoff: "60" }`. */
  readonly attrs?: Record<string, string>
  /** Neither carried out nor answered, which is also what a fault without any effect does. */
  readonly drop?: boolean
  /** Carried out, but never answered. */
  readonly mute?: boolean
  /** Ends the device's connection instead of answering; with `mute`, after carrying out. */
  readonly kick?: Kick
  readonly delayMs?: number
  /** Answered with a frame that does not decrypt. */
  readonly garbage?: boolean
}

export type Fault = FaultMatch & FaultEffect & { readonly times?: number }

/** Faults waiting for their stanza. Each is used up after `times` (once, unless told otherwise). */
export class Faults {
  #waiting: Array<{ readonly fault: Fault; left: number }> = []

  add(fault: Fault) {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear() {
    this.#waiting = []
  }

  /** Whether a notification on its way to a device is lost; no device ever sends one. */
  loses(node: BinaryNode, companion: Companion): boolean {
    const isMeant = (fault: Fault) => fault.tag === "notification"
    return this.take(node, companion, isMeant) !== undefined
  }

  take(
    node: BinaryNode,
    companion: Companion | undefined,
    isMeant: (fault: Fault) => boolean = () => true,
  ): FaultEffect | undefined {
    const hit = this.#waiting.find(({ fault }) => isMeant(fault) && matches(fault, node, companion))
    if (!hit) return undefined
    hit.left -= 1
    if (hit.left <= 0) this.#waiting = this.#waiting.filter((waiting) => waiting !== hit)
    return hit.fault
  }
}

const matches = (match: FaultMatch, node: BinaryNode, companion: Companion | undefined) =>
  (match.tag === undefined || match.tag === node.tag) &&
  (match.xmlns === undefined || match.xmlns === node.attrs["xmlns"]) &&
  (match.type === undefined || match.type === node.attrs["type"]) &&
  (match.to === undefined || match.to === node.attrs["to"]) &&
  (match.child === undefined || children(node, match.child).length > 0) &&
  (match.person === undefined || match.person === companion?.person) &&
  (match.when === undefined || match.when(node, companion))
