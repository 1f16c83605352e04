import { type BinaryNode, el, seconds } from "../wire/Nodes.ts"
import type { Group } from "../world/Group.ts"
import type { Participation } from "../world/Membership.ts"
import type { Change, Notice } from "../world/Notice.ts"
import type { PersonId } from "../world/Profile.ts"
import { addressOf, groupNode, participantNode } from "./GroupNode.ts"
import type { Server } from "./Server.ts"

/** The stanza that tells a device about a change of a group. */
export const notification = (server: Server, { group, actor, change }: Notice): BinaryNode => {
  const person = server.people.get(actor)
  const stamp = { from: group.jid, id: server.world.ids.token(), t: seconds() }
  if (change.kind === "picture") {
    return el("notification", { ...stamp, type: "picture" }, [
      pictureNode(group, addressOf(group, person), change.id),
    ])
  }
  const attrs = {
    ...stamp,
    type: "w:gp2",
    participant: addressOf(group, person),
    participant_pn: person.pnJid,
    addressing_mode: group.addressing,
    notify: person.name,
  }
  return el("notification", attrs, [changeNode(server, group, actor, change)])
}

const pictureNode = (group: Group, author: string, id: string | undefined) =>
  id === undefined
    ? el("delete", { jid: group.jid, author })
    : el("set", { jid: group.jid, id, author })

type GroupChange = Exclude<Change, { readonly kind: "picture" }>

const changeNode = (
  server: Server,
  group: Group,
  actor: PersonId,
  change: GroupChange,
): BinaryNode => {
  const { kind } = change
  switch (kind) {
    case "create":
      return el(kind, { type: "new", key: "" }, [groupNode(server, group)])
    case "subject":
      return subjectNode(server, group, actor, change)
    case "description":
      return change.body === undefined
        ? el(kind, { id: change.id, delete: "true" })
        : el(kind, { id: change.id }, [el("body", {}, Buffer.from(change.body))])
    case "ephemeral":
      return change.seconds === 0
        ? el("not_ephemeral")
        : el(kind, { expiration: String(change.seconds) })
    case "member_add_mode":
      return el(kind, {}, Buffer.from(change.mode))
    case "membership_approval_mode":
      return el(kind, {}, [el("group_join", { state: change.on ? "on" : "off" })])
    case "invite":
      return el(kind, { code: change.code })
    case "add":
    case "remove":
    case "promote":
    case "demote":
      return participantsNode(server, group, change)
    case "modify":
      return modifyNode(server, change)
    case "created_membership_requests":
    case "revoked_membership_requests":
      return requestNode(server, group, change)
    case "link":
    case "unlink":
      return el(kind, { [`${kind}_type`]: "parent_group" }, [el("group", { jid: change.parent })])
    default:
      return el(kind)
  }
}

type Of<K extends Change["kind"]> = Extract<Change, { readonly kind: K }>

const subjectNode = (
  server: Server,
  group: Group,
  actor: PersonId,
  { subject, at }: Of<"subject">,
) =>
  el("subject", {
    subject,
    s_o: addressOf(group, server.people.get(actor)),
    s_t: String(at),
  })

const participantsNode = (
  server: Server,
  group: Group,
  { kind, participants, reason }: Of<Participation>,
) =>
  el(
    kind,
    reason === undefined ? {} : { reason },
    participants.map(({ person, role }) => participantNode(group, server.people.get(person), role)),
  )

/** Names the number that was given up; the new one is the notification's `participant_pn`. */
const modifyNode = (server: Server, { person, oldPn }: Of<"modify">) => {
  const { lidJid } = server.people.get(person)
  return el("modify", {}, [el("participant", { jid: `${oldPn}@s.whatsapp.net`, lid: lidJid })])
}

const requestNode = (
  server: Server,
  group: Group,
  { kind, person }: Of<"created_membership_requests" | "revoked_membership_requests">,
) => {
  const attrs: Record<string, string> =
    kind === "created_membership_requests" ? { request_method: "invite_link" } : {}
  return el(kind, attrs, [participantNode(group, server.people.get(person), undefined)])
}
