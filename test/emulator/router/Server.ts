import type { proto } from "@whiskeysockets/baileys"
import type { Companion } from "../people/Companion.ts"
import { Directory } from "../people/Directory.ts"
import type { Settlement } from "../people/Mailbox.ts"
import type { Person } from "../people/Person.ts"
import { type BinaryNode, el, seconds } from "../wire/Nodes.ts"
import type { Notice } from "../world/Notice.ts"
import { World } from "../world/World.ts"
import type { Connection } from "./Connection.ts"
import { Faults } from "./Faults.ts"
import { Linking } from "./Linking.ts"
import { LoginRefusals } from "./LoginRefusals.ts"
import { Mail } from "./Mail.ts"
import { notification } from "./Notifications.ts"
import { Retries } from "./Retries.ts"

export type Behaviour = {
  /** Whether the device that changed a group is notified of its own change. The live service is believed to. */
  readonly echoToActor: boolean
  /** Whether phones answer messages they could decrypt with a delivery receipt. */
  readonly deliveryReceipts: boolean
  /** Whether phones ask again for messages they could not decrypt. */
  readonly retryReceipts: boolean
  /** Whether a freshly linked device is sent its groups, names and LID mappings. */
  readonly history: boolean
  /** How many members an answer about many groups tells; groups beyond it come truncated. */
  readonly membersPerAnswer: number
}

/** What one simulated phone got out of a message; `error` when it could not decrypt it. */
export type Delivery = {
  readonly to: Person
  readonly from: Person
  readonly chat: string
  readonly id: string
  readonly message: proto.IMessage | undefined
  readonly error: unknown
}

export type Received = {
  readonly companion: Companion | undefined
  readonly node: BinaryNode
  /** Epoch milliseconds. */
  readonly at: number
}

/** Called the moment a device takes responsibility for a stanza. */
export type SettlementWatcher = (companion: Companion, settlement: Settlement) => void

const LOG_LIMIT = 50_000

/** Everything the routes share: the world, its people, who is on the line, and what was seen. */
export class Server {
  readonly world: World
  readonly people: Directory
  readonly behaviour: Behaviour
  readonly connections = new Set<Connection>()
  readonly faults = new Faults()
  readonly loginRefusals = new LoginRefusals()
  readonly linking = new Linking(this)
  readonly mail = new Mail(this)
  readonly retries = new Retries()
  readonly watchers = new Set<SettlementWatcher>()
  readonly inbox: Array<Delivery> = []
  readonly received: Array<Received> = []
  /** Requests that were answered with 501. */
  readonly unsupported: Array<BinaryNode> = []
  /** Exceptions inside the emulator. */
  readonly failures: Array<unknown> = []
  readonly pictures = new Map<string, Buffer>()
  /** Set once the emulator listens; pictures are served under it. */
  origin = "http://127.0.0.1"
  #timers = new Set<NodeJS.Timeout>()

  constructor(seed: number, behaviour: Behaviour) {
    this.world = new World(seed)
    this.people = new Directory(this.world)
    this.behaviour = behaviour
  }

  /** Runs work after a while, unless the server has stopped by then. */
  later(milliseconds: number, work: () => void | Promise<void>) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.attempt(work)
    }, milliseconds)
    this.#timers.add(timer)
  }

  /** Keeps an exception of the emulator itself for `assertClean`. */
  async attempt(work: () => void | Promise<void>) {
    try {
      await work()
    } catch (failure) {
      this.record(this.failures, failure)
    }
  }

  /** Whatever was to happen later does not. */
  stop() {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  record<A>(log: Array<A>, entry: A) {
    log.push(entry)
    if (log.length > LOG_LIMIT) log.shift()
  }

  /** Sends every notice to all devices of everybody it concerns; `actor` is the device that caused it, if any. */
  deliver(notices: ReadonlyArray<Notice>, actor?: Companion) {
    const silent = this.behaviour.echoToActor ? undefined : actor
    for (const notice of notices) {
      const node = notification(this, notice)
      for (const id of notice.to) this.notify(this.people.get(id), node, silent)
    }
  }

  /** A fault for the tag `notification` keeps it from a device for good. */
  notify(person: Person, node: BinaryNode, except?: Companion) {
    for (const companion of person.companions.values()) {
      if (companion !== except && !this.faults.loses(node, companion)) companion.push(node)
    }
  }

  /** A notification about the account itself. */
  notifyAccount(person: Person, type: string, content: BinaryNode, except?: Companion) {
    const attrs = { from: person.pnJid, type, id: this.world.ids.token(), t: seconds() }
    this.notify(person, el("notification", attrs, [content]), except)
  }
}
