import type { proto } from "@whiskeysockets/baileys"
import type { Companion } from "../people/Companion.ts"
import type { Person } from "../people/Person.ts"
import { Turns } from "../people/Turns.ts"
import { el, seconds } from "../wire/Nodes.ts"
import type { Group } from "../world/Group.ts"
import type { Server } from "./Server.ts"

type Sent = {
  readonly from: Person
  readonly to: Person | Group
  readonly message: proto.IMessage
}

const MEMORY = 10_000
const RETRIES = 5

/** What simulated people write from their phones, really encrypted for every device that is to read it. */
export class Mail {
  #server: Server
  #turns = new Turns()
  #sent = new Map<string, Sent>()
  /** Which devices already hold a sender's key for a group. */
  #keyed = new Set<string>()

  constructor(server: Server) {
    this.#server = server
  }

  /** Answers the message's id once it is on its way or queued. */
  send(from: Person, to: Person | Group, message: proto.IMessage): Promise<string> {
    return this.#turns.run(from.lid, async () => {
      const id = this.#server.world.ids.message()
      this.#remember(id, { from, to, message })
      if (isGroup(to)) await this.#toGroup(from, to, message, id)
      else await this.#toPerson(from, to, message, id)
      return id
    })
  }

  /** What a sender's phone does on a retry receipt: a new session and the same id, for that one device. */
  async resend(companion: Companion, id: string, count: string): Promise<void> {
    const sent = this.#sent.get(id)
    if (!sent || Number(count) > RETRIES) return
    const { from, to, message } = sent
    await this.#turns.run(from.lid, async () => {
      await from.phone.forget(companion.lidJid)
      if (!isGroup(to)) {
        return this.deliver(companion, from, message, this.#directly(from, id), { count })
      }
      const key = await from.phone.distribution(to.jid, from.lidJid)
      const attrs = this.#inGroup(from, to, id)
      return this.deliver(companion, from, { ...message, ...key }, attrs, { count })
    })
  }

  /** Encrypts one message for one device. */
  async deliver(
    companion: Companion,
    from: Person,
    message: proto.IMessage,
    attrs: Record<string, string>,
    encryption: Record<string, string> = {},
  ): Promise<void> {
    const enc = await this.#seal(companion, from, message, encryption)
    companion.push(el("message", { t: seconds(), ...attrs }, [enc]))
  }

  /** The person's own devices get a copy that says who it went to. */
  async #toPerson(from: Person, to: Person, message: proto.IMessage, id: string) {
    from.keep(to, id, true, message)
    if (from !== to) to.keep(from, id, false, message)
    for (const companion of to.companions.values()) {
      await this.deliver(companion, from, message, this.#directly(from, id))
    }
    if (from === to) return
    const copy = { deviceSentMessage: { destinationJid: to.pnJid, message } }
    const attrs = { ...this.#directly(from, id), recipient: to.pnJid }
    for (const companion of from.companions.values()) {
      await this.deliver(companion, from, copy, attrs)
    }
  }

  async #toGroup(from: Person, group: Group, message: proto.IMessage, id: string) {
    const sealed = await from.phone.sealForGroup(group.jid, from.lidJid, message)
    const attrs = this.#inGroup(from, group, id)
    const body = el("enc", { v: "2", type: "skmsg" }, sealed.ciphertext)
    for (const companion of this.#devicesIn(group)) {
      const key = `${group.jid} ${from.lid} ${companion.lidJid}`
      const content = this.#keyed.has(key)
        ? [body]
        : [await this.#seal(companion, from, sealed.distribution), body]
      this.#keyed.add(key)
      companion.push(el("message", { t: seconds(), ...attrs }, content))
    }
  }

  async #seal(
    companion: Companion,
    from: Person,
    message: proto.IMessage,
    attrs: Record<string, string> = {},
  ) {
    const { lidJid } = companion
    const { type, ciphertext } = await from.phone.seal(
      lidJid,
      () => companion.takeBundle(),
      message,
    )
    return el("enc", { v: "2", type, ...attrs }, ciphertext)
  }

  #directly(from: Person, id: string) {
    return { id, type: "text", notify: from.name, from: from.pnJid, sender_lid: from.lidJid }
  }

  #inGroup(from: Person, { jid, addressing }: Group, id: string) {
    const sender =
      addressing === "lid"
        ? { participant: from.lidJid, participant_pn: from.pnJid }
        : { participant: from.pnJid, participant_lid: from.lidJid }
    return {
      id,
      type: "text",
      notify: from.name,
      from: jid,
      ...sender,
      addressing_mode: addressing,
    }
  }

  #devicesIn(group: Group): Array<Companion> {
    return [...group.members.keys()].flatMap((id) => [
      ...this.#server.people.get(id).companions.values(),
    ])
  }

  #remember(id: string, sent: Sent) {
    this.#sent.set(id, sent)
    const [oldest] = this.#sent.keys()
    if (this.#sent.size > MEMORY && oldest !== undefined) this.#sent.delete(oldest)
  }
}

const isGroup = (to: Person | Group): to is Group => "members" in to
