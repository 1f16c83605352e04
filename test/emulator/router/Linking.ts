import { randomBytes } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { Companion } from "../people/Companion.ts"
import type { Person } from "../people/Person.ts"
import { CodePairing, confirmDevice, signDevice } from "../people/Pairing.ts"
import { type BinaryNode, bytes, child, el, seconds, SERVER, text } from "../wire/Nodes.ts"
import { notFound, type Refusal, unsupported } from "../world/Refusal.ts"
import type { Connection } from "./Connection.ts"
import type { Server } from "./Server.ts"

export type CodeReply = {
  readonly answer: ReadonlyArray<BinaryNode>
  readonly after?: () => void
}

type CodeOffer = { readonly connection: Connection; readonly wrapped: Buffer }
type Meeting = {
  readonly connection: Connection
  readonly person: Person
  readonly pairing: CodePairing
  readonly linked: (companion: Companion) => void
  readonly failed: (reason: Error) => void
}

const REFS = 6
const PATIENCE_MS = 5_000

/** How a waiting device becomes somebody's companion: by scanning its QR, or by typing its code on the phone. */
export class Linking {
  #server: Server
  #refs = new Map<string, Connection>()
  #offers = new Map<string, CodeOffer>()
  #awaited = new Map<string, () => void>()
  #meetings = new Map<string, Meeting>()

  constructor(server: Server) {
    this.#server = server
  }

  /** Gives an unlinked device the references it turns into QR codes. */
  offerRefs(connection: Connection) {
    const refs = Array.from({ length: REFS }, () => `2@${randomBytes(24).toString("base64")}`)
    for (const ref of refs) this.#refs.set(ref, connection)
    const nodes = refs.map((ref) => el("ref", {}, Buffer.from(ref)))
    connection.send(this.#request([el("pair-device", {}, nodes)]))
  }

  /** Resolves when the device has signed; it then reconnects by itself. */
  async scan(qr: string, person: Person): Promise<Companion> {
    const [ref = "", , identity = "", secret = ""] = (qr.split("#").pop() ?? "").split(",")
    const connection = this.#refs.get(ref)
    if (!connection) throw new Error("the QR code is unknown or expired")
    const keys = [Buffer.from(identity, "base64"), Buffer.from(secret, "base64")] as const
    return this.#link(connection, person, ...keys)
  }

  /** Waits a moment for a device to ask for this number, since it may show its code before we heard of it. */
  async enterCode(person: Person, code: string): Promise<Companion> {
    const { connection, wrapped } = await this.#offerFor(person.pnJid)
    const pairing = await CodePairing.begin(code, wrapped, person.phone.identity)
    const ref = this.#server.world.ids.token()
    return new Promise<Companion>((linked, failed) => {
      this.#meetings.set(ref, { connection, person, pairing, linked, failed })
      connection.send(this.#codeHello(ref, person, pairing))
    })
  }

  /** The device's two requests of linking by code. Returns the answer, and what to do after it. */
  requestByCode(connection: Connection, operation: BinaryNode): CodeReply | Refusal {
    const { stage, jid = "" } = operation.attrs
    if (stage === "companion_hello") return this.#companionHello(connection, jid, operation)
    return stage === "companion_finish" ? this.#companionFinish(operation) : unsupported
  }

  forget(connection: Connection) {
    for (const [ref, owner] of this.#refs) if (owner === connection) this.#refs.delete(ref)
    for (const [jid, offer] of this.#offers) {
      if (offer.connection === connection) this.#offers.delete(jid)
    }
    for (const [ref, meeting] of this.#meetings) {
      if (meeting.connection !== connection) continue
      this.#meetings.delete(ref)
      meeting.failed(new Error("the device gave up: the code was probably wrong"))
    }
  }

  #companionHello(connection: Connection, jid: string, operation: BinaryNode): CodeReply {
    const wrapped = bytes(child(operation, "link_code_pairing_wrapped_companion_ephemeral_pub"))
    this.#offers.set(jid, { connection, wrapped })
    this.#awaited.get(jid)?.()
    const ref = el("link_code_pairing_ref", {}, Buffer.from(this.#server.world.ids.token()))
    return { answer: [el("link_code_companion_reg", { stage: "companion_hello" }, [ref])] }
  }

  #companionFinish(operation: BinaryNode): CodeReply | Refusal {
    const ref = text(child(operation, "link_code_pairing_ref"))
    const meeting = this.#meetings.get(ref)
    if (!meeting) return notFound
    this.#meetings.delete(ref)
    const { connection, person, pairing, linked, failed } = meeting
    const identity = bytes(child(operation, "companion_identity_public"))
    const bundle = bytes(child(operation, "link_code_pairing_wrapped_key_bundle"))
    const link = async () =>
      this.#link(connection, person, identity, pairing.finish(bundle, identity))
    return { answer: [], after: () => void link().then(linked, failed) }
  }

  async #link(connection: Connection, person: Person, identity: Buffer, secret: Buffer) {
    const { registration } = connection
    if (!registration?.identity.equals(identity)) throw new Error("the QR names another device")
    const device = person.nextDevice()
    const offer = signDevice(person.phone.identity, identity, secret, device)
    const success = this.#pairSuccess(person, device, offer.payload)
    const signed = child(
      child(await connection.ask(success), "pair-device-sign"),
      "device-identity",
    )
    const account = person.phone.identity.public
    const deviceIdentity = confirmDevice(account, identity, offer, bytes(signed))
    const companion = new Companion(person, device, registration, deviceIdentity)
    person.companions.set(device, companion)
    connection.send(el("stream:error", { code: "515" }))
    connection.wire.close()
    return companion
  }

  #pairSuccess(person: Person, device: number, payload: Uint8Array) {
    return this.#request([
      el("pair-success", {}, [
        el("device-identity", {}, payload),
        el("biz", { name: person.name }),
        el("platform", { name: "android" }),
        el("device", {
          jid: `${person.pn}:${device}@${SERVER}`,
          lid: `${person.lid}:${device}@lid`,
        }),
      ]),
    ])
  }

  #codeHello(ref: string, person: Person, { reply }: CodePairing) {
    const id = this.#server.world.ids.token()
    const attrs = { from: SERVER, type: "link_code_companion_reg", id, t: seconds() }
    return el("notification", attrs, [
      el("link_code_companion_reg", { stage: "primary_hello" }, [
        el("link_code_pairing_wrapped_primary_ephemeral_pub", {}, reply),
        el("primary_identity_pub", {}, person.phone.identity.public),
        el("link_code_pairing_ref", {}, Buffer.from(ref)),
      ]),
    ])
  }

  #request(content: Array<BinaryNode>) {
    const id = this.#server.world.ids.token()
    return el("iq", { from: SERVER, type: "set", id, xmlns: "md" }, content)
  }

  async #offerFor(jid: string): Promise<CodeOffer> {
    if (!this.#offers.has(jid)) await this.#waitForOffer(jid)
    const offer = this.#offers.get(jid)
    if (!offer) throw new Error(`no device asks to be linked to ${jid}`)
    return offer
  }

  async #waitForOffer(jid: string) {
    const patience = new AbortController()
    this.#awaited.set(jid, () => patience.abort())
    await setTimeout(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined)
    this.#awaited.delete(jid)
  }
}
