import { proto } from "@whiskeysockets/baileys"
import type { Person } from "./people/Person.ts"
import { announceBlock } from "./router/Account.ts"
import type { Server } from "./router/Server.ts"
import { announceCollection } from "./router/SyncedSettings.ts"
import type { Group } from "./world/Group.ts"
import * as Invites from "./world/Invites.ts"
import * as Membership from "./world/Membership.ts"
import { isRefusal, type Outcome } from "./world/Notice.ts"
import type { PrivacyCategory } from "./world/Profile.ts"
import type { Refusal } from "./world/Refusal.ts"
import * as Relations from "./world/Relations.ts"
import * as Requests from "./world/Requests.ts"
import * as Settings from "./world/Settings.ts"

/** Thrown when the world does not let the person do it. */
export class Refused extends Error {
  readonly code: number

  constructor({ code, text }: Refusal) {
    super(text)
    this.code = code
  }
}

/** What a person can do on their own phone. Same rules as for linked devices; everybody concerned is notified. */
export class Actor {
  #server: Server
  #person: Person

  constructor(server: Server, person: Person) {
    this.#server = server
    this.#person = person
  }

  createGroup(subject: string, people: ReadonlyArray<Person> = []) {
    return this.#do(Membership.create(...this.#me, subject, idsOf(people)))
  }

  rename(group: Group, subject: string) {
    return this.#do(Settings.rename(...this.#me, group.jid, subject))
  }

  /** Without a body, the description is removed. */
  describe(group: Group, body?: string) {
    const previous = group.description?.id
    const edit = { id: this.#server.world.ids.token(), body }
    const against = previous === undefined ? edit : { ...edit, previous }
    return this.#do(Settings.describe(...this.#me, group.jid, against))
  }

  announce(group: Group, on: boolean) {
    return this.#do(Settings.announce(...this.#me, group.jid, on))
  }

  lock(group: Group, on: boolean) {
    return this.#do(Settings.lock(...this.#me, group.jid, on))
  }

  setMemberAddMode(group: Group, mode: string) {
    return this.#do(Settings.setMemberAddMode(...this.#me, group.jid, mode))
  }

  setApproval(group: Group, on: boolean) {
    return this.#do(Settings.setApproval(...this.#me, group.jid, on))
  }

  setEphemeral(group: Group, seconds: number) {
    return this.#do(Settings.setEphemeral(...this.#me, group.jid, seconds))
  }

  setPicture(group: Group, image: Buffer | undefined) {
    const id = this.#do(Settings.setPicture(...this.#me, group.jid, image !== undefined))
    if (id !== undefined && image) this.#server.pictures.set(id, image)
    return id
  }

  /** Puts the group into a community, or takes it out. */
  setParent(group: Group, parent: Group | undefined) {
    return this.#do(Settings.setParent(...this.#me, group.jid, parent?.jid))
  }

  add(group: Group, ...people: ReadonlyArray<Person>) {
    return this.#participate(group, "add", people)
  }

  remove(group: Group, ...people: ReadonlyArray<Person>) {
    return this.#participate(group, "remove", people)
  }

  promote(group: Group, ...people: ReadonlyArray<Person>) {
    return this.#participate(group, "promote", people)
  }

  demote(group: Group, ...people: ReadonlyArray<Person>) {
    return this.#participate(group, "demote", people)
  }

  leave(group: Group) {
    return this.#do(Membership.leave(...this.#me, group.jid))
  }

  disband(group: Group) {
    return this.#do(Membership.disband(...this.#me, group.jid))
  }

  inviteCode(group: Group) {
    return this.#do(Invites.inviteCode(...this.#me, group.jid))
  }

  revokeInvite(group: Group) {
    return this.#do(Invites.revokeInvite(...this.#me, group.jid))
  }

  join(code: string) {
    return this.#do(Invites.join(...this.#me, code))
  }

  acceptAddRequest(group: Group, code: string) {
    return this.#do(Invites.acceptAddRequest(...this.#me, group.jid, code))
  }

  approve(group: Group, ...people: ReadonlyArray<Person>) {
    return this.#do(Requests.answerRequests(...this.#me, group.jid, "approve", idsOf(people)))
  }

  reject(group: Group, ...people: ReadonlyArray<Person>) {
    return this.#do(Requests.answerRequests(...this.#me, group.jid, "reject", idsOf(people)))
  }

  cancelRequest(group: Group) {
    return this.#do(Requests.cancelRequest(...this.#me, group.jid))
  }

  setPrivacy(category: PrivacyCategory, value: string) {
    return this.#do(Relations.setPrivacy(...this.#me, category, value))
  }

  changeNumber(pn: string) {
    return this.#do(Membership.renumber(...this.#me, pn))
  }

  block(other: Person, blocked = true) {
    this.#do(Relations.setBlocked(...this.#me, other.id, blocked))
    announceBlock(this.#server, this.#person, other, blocked ? "block" : "unblock")
  }

  /** Saves somebody in the address book, which linked devices hear about through app state. */
  async addContact(other: Person, fullName: string) {
    this.#person.profile.contacts.set(other.id, fullName)
    const collection = "critical_unblock_low"
    await this.#person.appState.put(collection, ["contact", other.pnJid], {
      contactAction: { fullName, firstName: fullName, lidJid: other.lidJid },
    })
    announceCollection(this.#server, this.#person, collection)
  }

  /** Sets the person's own tag in a group; members hear of it in an encrypted message. */
  tag(group: Group, label: string): Promise<string> {
    this.#do(Membership.tag(...this.#me, group.jid, label || undefined))
    return this.send(group, {
      protocolMessage: {
        type: proto.Message.ProtocolMessage.Type.GROUP_MEMBER_LABEL_CHANGE,
        memberLabel: { label, labelTimestamp: Math.floor(Date.now() / 1000) },
      },
    })
  }

  sendText(to: Person | Group, text: string): Promise<string> {
    return this.send(to, { conversation: text })
  }

  send(to: Person | Group, message: proto.IMessage): Promise<string> {
    return this.#server.mail.send(this.#person, to, message)
  }

  get #me() {
    return [this.#server.world, this.#person.id] as const
  }

  #participate(group: Group, kind: Membership.Participation, people: ReadonlyArray<Person>) {
    return this.#do(Membership.participate(...this.#me, group.jid, kind, idsOf(people)))
  }

  #do<A>(outcome: Outcome<A>): A {
    if (isRefusal(outcome)) throw new Refused(outcome)
    this.#server.deliver(outcome.notices)
    return outcome.result
  }
}

const idsOf = (people: ReadonlyArray<Person>) => people.map(({ id }) => id)
