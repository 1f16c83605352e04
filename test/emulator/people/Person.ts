import type { proto } from "@whiskeysockets/baileys"
import type { PersonId, Profile } from "../world/Profile.ts"
import { AppState } from "./AppState.ts"
import type { Companion } from "./Companion.ts"
import { SignalEndpoint } from "./SignalEndpoint.ts"

/** A simulated account: its profile in the world, its phone, and the devices linked to it. */
export class Person {
  readonly profile: Profile
  readonly companions = new Map<number, Companion>()
  /** What the phone keeps of what was written to and by whom, oldest first. */
  readonly chats = new Map<PersonId, Array<proto.IWebMessageInfo>>()
  #phone: SignalEndpoint | undefined
  #appState: AppState | undefined
  #devices = 0

  constructor(profile: Profile) {
    this.profile = profile
  }

  get id(): PersonId {
    return this.profile.id
  }

  get lid() {
    return this.profile.id
  }

  get pn() {
    return this.profile.pn
  }

  get name() {
    return this.profile.name
  }

  get lidJid() {
    return `${this.lid}@lid`
  }

  get pnJid() {
    return `${this.pn}@s.whatsapp.net`
  }

  /** Made on first use: most people of a large world never encrypt anything. */
  get phone() {
    return (this.#phone ??= new SignalEndpoint())
  }

  get appState() {
    return (this.#appState ??= new AppState())
  }

  /** Keeps a message of the direct chat with somebody. */
  keep(other: Person, id: string, fromMe: boolean, message: proto.IMessage) {
    const chat = this.chats.get(other.id) ?? []
    const key = { remoteJid: other.lidJid, fromMe, id }
    chat.push({ key, message, messageTimestamp: Math.floor(Date.now() / 1000) })
    this.chats.set(other.id, chat)
  }

  /** Device numbers are never reused. */
  nextDevice() {
    return ++this.#devices
  }
}
