import type { Actor } from "../Actor.ts"
import { describeGroup, type Group } from "../world/Group.ts"
import { isPrivacyCategory } from "../world/Profile.ts"
import { type Arguments, BadCall } from "./Arguments.ts"
import { describeVerdict } from "./Descriptions.ts"

type Verb = (actor: Actor, body: Arguments) => unknown

/** What somebody can be told to do by `POST /act`. Adding a verb is one line. */
export const verbs: Record<string, Verb> = {
  createGroup: (actor, body) => {
    const { group, verdicts } = actor.createGroup(body.string("subject"), body.people("people"))
    return { group: describeGroup(group), verdicts: verdicts.map(describeVerdict) }
  },
  rename: (actor, body) => actor.rename(body.group(), body.string("subject")),
  describe: (actor, body) =>
    actor.describe(body.group(), body.has("text") ? body.string("text") : undefined),
  announce: (actor, body) => actor.announce(body.group(), body.boolean("on")),
  lock: (actor, body) => actor.lock(body.group(), body.boolean("on")),
  setMemberAddMode: (actor, body) => actor.setMemberAddMode(body.group(), body.string("mode")),
  setApproval: (actor, body) => actor.setApproval(body.group(), body.boolean("on")),
  setEphemeral: (actor, body) => actor.setEphemeral(body.group(), body.number("seconds")),
  setPicture: (actor, body) => ({ id: actor.setPicture(body.group(), image(body)) ?? null }),
  setParent: (actor, body) =>
    actor.setParent(body.group(), body.has("parent") ? body.group("parent") : undefined),
  add: (actor, body) => actor.add(...groupAndPeople(body)).map(describeVerdict),
  remove: (actor, body) => actor.remove(...groupAndPeople(body)).map(describeVerdict),
  promote: (actor, body) => actor.promote(...groupAndPeople(body)).map(describeVerdict),
  demote: (actor, body) => actor.demote(...groupAndPeople(body)).map(describeVerdict),
  approve: (actor, body) => actor.approve(...groupAndPeople(body)).map(describeVerdict),
  reject: (actor, body) => actor.reject(...groupAndPeople(body)).map(describeVerdict),
  leave: (actor, body) => actor.leave(body.group()),
  disband: (actor, body) => actor.disband(body.group()),
  inviteCode: (actor, body) => ({ code: actor.inviteCode(body.group()) }),
  revokeInvite: (actor, body) => ({ code: actor.revokeInvite(body.group()) }),
  join: (actor, body) => {
    const { group, pending } = actor.join(body.string("code"))
    return { group: group.jid, pending }
  },
  acceptAddRequest: (actor, body) =>
    describeGroup(actor.acceptAddRequest(body.group(), body.string("code"))),
  cancelRequest: (actor, body) => actor.cancelRequest(body.group()),
  setPrivacy: (actor, body) => {
    const category = body.string("category")
    if (!isPrivacyCategory(category)) throw new BadCall(`there is no privacy of ${category}`)
    return actor.setPrivacy(category, body.string("value"))
  },
  changeNumber: (actor, body) => actor.changeNumber(body.string("pn")),
  block: (actor, body) => actor.block(body.person("person"), body.boolean("on")),
  addContact: (actor, body) => actor.addContact(body.person("person"), body.string("name")),
  tag: async (actor, body) => ({ id: await actor.tag(body.group(), body.string("label")) }),
}

const groupAndPeople = (body: Arguments): [Group, ...ReturnType<Arguments["people"]>] => [
  body.group(),
  ...body.people("people"),
]

const image = (body: Arguments) =>
  body.has("image") ? Buffer.from(body.string("image"), "base64") : undefined
