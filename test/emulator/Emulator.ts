import type { proto } from "@whiskeysockets/baileys"
import { Actor } from "./Actor.ts"
import { control } from "./control/Control.ts"
import type { Companion } from "./people/Companion.ts"
import type { Settlement } from "./people/Mailbox.ts"
import type { Person } from "./people/Person.ts"
import { Listener } from "./Listener.ts"
import { type Crowd, populate } from "./Population.ts"
import type { Fault } from "./router/Faults.ts"
import { type Kick, kick } from "./router/Kicks.ts"
import { receive } from "./router/Reception.ts"
import { type Behaviour, Server, type SettlementWatcher } from "./router/Server.ts"
import { type Certificate, issueCertificate } from "./wire/Certificate.ts"
import type { BinaryNode } from "./wire/Nodes.ts"
import type { Group } from "./world/Group.ts"
import type { NewGroup, NewProfile } from "./world/World.ts"

export type EmulatorOptions = Partial<Behaviour> & {
  /** Same seed, same calls: same ids. Default 1. */
  readonly seed?: number
  /** Default 0: any free port. */
  readonly port?: number
}

export type GroupOptions = Omit<NewGroup, "owner" | "members"> & {
  readonly owner: Person
  readonly members?: ReadonlyArray<Person>
}

/** A WhatsApp server on the loopback interface, with the people who use it. */
export class Emulator {
  readonly server: Server
  readonly certificate: Certificate = issueCertificate()
  #listener = new Listener(control(this), (socket, line) =>
    receive(this.server, this.certificate, socket, line),
  )

  private constructor({
    seed = 1,
    echoToActor = true,
    deliveryReceipts = true,
    retryReceipts = true,
    history = true,
    membersPerAnswer = Infinity,
  }: EmulatorOptions) {
    this.server = new Server(seed, {
      echoToActor,
      deliveryReceipts,
      retryReceipts,
      history,
      membersPerAnswer,
    })
  }

  /** Resolves when clients can connect. */
  static async start(options: EmulatorOptions = {}): Promise<Emulator> {
    const emulator = new Emulator(options)
    await emulator.#listener.open(options.port ?? 0)
    emulator.server.origin = emulator.controlUrl
    return emulator
  }

  async stop() {
    this.server.stop()
    await this.#listener.close()
  }

  /** What goes into the client's `waWebSocketUrl`. */
  get url() {
    return this.#listener.url
  }

  get controlUrl() {
    return this.#listener.controlUrl
  }

  get rootPublicKey() {
    return this.certificate.rootPublicKey
  }

  get world() {
    return this.server.world
  }

  addPerson(profile: NewProfile = {}): Person {
    return this.server.people.add(this.world.addPerson(profile))
  }

  addGroup({ owner, members = [], ...settings }: GroupOptions): Group {
    const ids = members.map(({ id }) => id)
    return this.world.addGroup({ ...settings, owner: owner.id, members: ids })
  }

  /** Fills the world with strangers and groups of them. */
  populate(crowd: Crowd) {
    return populate(this, crowd)
  }

  /** By phone number, LID, or JID of either kind. */
  findPerson(name: string): Person | undefined {
    return this.server.people.find(name)
  }

  /** Acts on the person's phone. */
  as(person: Person): Actor {
    return new Actor(this.server, person)
  }

  /** Resolves when the device is linked; it reconnects by itself. */
  scanQr(qr: string, person: Person): Promise<Companion> {
    return this.server.linking.scan(qr, person)
  }

  enterPairingCode(person: Person, code: string): Promise<Companion> {
    return this.server.linking.enterCode(person, code)
  }

  /** Answers the message's id. */
  sendText(from: Person, to: Person | Group, text: string): Promise<string> {
    return this.as(from).sendText(to, text)
  }

  send(from: Person, to: Person | Group, message: proto.IMessage): Promise<string> {
    return this.as(from).send(to, message)
  }

  fault(fault: Fault) {
    this.server.faults.add(fault)
  }

  clearFaults() {
    this.server.faults.clear()
  }

  /** Ends the device's connection, or those of all the person's devices. */
  kick(target: Person | Companion, kind: Kick) {
    for (const companion of companionsOf(target)) kick(this.server, companion, kind)
  }

  /** The next logins of the person's devices end in `<failure reason="…">`. */
  refuseLogin(
    person: Person,
    reason: number,
    { times = 1, attrs = {} }: { times?: number; attrs?: Record<string, string> } = {},
  ) {
    this.server.loginRefusals.add(person, { reason, attrs }, times)
  }

  /** Half-opens the person's present links: nothing is answered any more, and nothing is closed. */
  freeze(person: Person) {
    for (const { wire } of this.#connectionsOf(person)) wire.freeze()
  }

  thaw(person: Person) {
    for (const { wire } of this.#connectionsOf(person)) wire.thaw()
  }

  /**
   * Begins a message that never ends on the person's present links, in fragments of so many bytes.
   * Resolves with how many bytes were taken until the devices hung up.
   */
  async babble(person: Person, bytes: number): Promise<number> {
    const taken = this.#connectionsOf(person).map(({ wire }) => wire.babble(bytes))
    return (await Promise.all(taken)).reduce((sum, one) => sum + one, 0)
  }

  /** Ends every connection and refuses new ones until `comeBack`. The world stays. */
  goDown() {
    return this.#listener.close()
  }

  /** Listens again where it did before. */
  comeBack() {
    return this.#listener.open()
  }

  /** Makes the person's phone forget its encrypted session with the other's devices. */
  async loseSession(person: Person, other: Person) {
    for (const { lidJid } of other.companions.values()) await person.phone.forget(lidJid)
  }

  /** Sends the person's devices any stanza, once, as it is. */
  push(person: Person, node: BinaryNode) {
    for (const connection of this.#connectionsOf(person)) connection.send(node)
  }

  /** Whether any of the person's devices is logged in. */
  isOnline(person: Person) {
    return companionsOf(person).some(({ link }) => link?.isReady)
  }

  /** What the simulated phones decrypted, or failed to. */
  get inbox() {
    return this.server.inbox
  }

  get received() {
    return this.server.received
  }

  get unsupported() {
    return this.server.unsupported
  }

  /** Exceptions inside the emulator. */
  get failures() {
    return this.server.failures
  }

  /** Calls back whenever a device receipts or acks a stanza; returns how to stop that. */
  onSettled(watcher: SettlementWatcher): () => void {
    this.server.watchers.add(watcher)
    return () => void this.server.watchers.delete(watcher)
  }

  /** Everything the person's devices have receipted or acked, in order. */
  settled(target: Person | Companion): Array<Settlement> {
    return companionsOf(target).flatMap(({ mailbox }) => mailbox.settled)
  }

  /** What the person's devices will be sent again. */
  unsettled(target: Person | Companion): Array<BinaryNode> {
    return companionsOf(target).flatMap(({ mailbox }) => mailbox.unsettled)
  }

  /** Throws when a request was answered with 501, or when the emulator itself failed. */
  assertClean() {
    const unknown = this.unsupported.map(({ tag, attrs, content }) =>
      [tag, attrs["xmlns"], attrs["type"], Array.isArray(content) ? content[0]?.tag : ""].join(" "),
    )
    if (unknown.length > 0) throw new Error(`the emulator does not know: ${unknown.join(", ")}`)
    if (this.failures.length > 0) throw new AggregateError(this.failures, "the emulator failed")
  }

  dump() {
    const devices = Object.fromEntries(
      this.server.people
        .all()
        .flatMap(({ lid, companions }) =>
          companions.size > 0 ? [[lid, [...companions.keys()]]] : [],
        ),
    )
    return { ...this.world.dump(), devices }
  }

  #connectionsOf(person: Person) {
    return [...this.server.connections].filter(({ companion }) => companion?.person === person)
  }
}

const companionsOf = (target: Person | Companion): Array<Companion> =>
  "companions" in target ? [...target.companions.values()] : [target]
