import type { BinaryNode } from "../wire/Nodes.ts"
import { Mailbox } from "./Mailbox.ts"
import type { Person } from "./Person.ts"
import type { Bundle, PublicPreKey, SignedPreKey } from "./SignalEndpoint.ts"

/** What a device says about itself when it asks to be linked. */
export type Registration = {
  readonly noiseKey: Buffer
  readonly identity: Buffer
  readonly registrationId: number
  readonly signedPreKey: SignedPreKey
}

/** Where stanzas for a logged-in device go; false when they did not leave. */
export type Link = {
  readonly isReady: boolean
  readonly send: (node: BinaryNode) => boolean
}

/** A linked device, as the server knows it; the device itself is a real client. */
export class Companion {
  readonly person: Person
  readonly device: number
  readonly identity: Buffer
  readonly noiseKey: Buffer
  readonly registrationId: number
  readonly deviceIdentity: Buffer
  readonly mailbox = new Mailbox()
  readonly preKeys = new Map<number, Buffer>()
  /** Retry requests waiting for the device's ack: message id to attempt number. */
  readonly retries = new Map<string, string>()
  /** Messages that it could not open when they first came. */
  readonly askedAgain = new Set<string>()
  signedPreKey: SignedPreKey
  link: Link | undefined
  bootstrapped = false

  constructor(person: Person, device: number, registration: Registration, deviceIdentity: Buffer) {
    this.person = person
    this.device = device
    this.identity = registration.identity
    this.noiseKey = registration.noiseKey
    this.registrationId = registration.registrationId
    this.signedPreKey = registration.signedPreKey
    this.deviceIdentity = deviceIdentity
  }

  get pnJid() {
    return `${this.person.pn}:${this.device}@s.whatsapp.net`
  }

  get lidJid() {
    return `${this.person.lid}:${this.device}@lid`
  }

  /** Delivers now or after the next login; kept until the device receipts or acks it. */
  push(node: BinaryNode) {
    const link = this.link?.isReady ? this.link : undefined
    this.mailbox.put(node, link?.send(node) ?? false)
  }

  /** Uses up one of the uploaded pre-keys; without any, sessions start on the signed one alone. */
  takeBundle(): Bundle {
    const { registrationId, identity, signedPreKey } = this
    return { registrationId, identity, signedPreKey, preKey: this.#takePreKey() }
  }

  #takePreKey(): PublicPreKey | undefined {
    const [first] = this.preKeys
    if (!first) return undefined
    this.preKeys.delete(first[0])
    return { id: first[0], key: first[1] }
  }
}
