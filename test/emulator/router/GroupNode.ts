import type { Person } from "../people/Person.ts"
import { attributes, type BinaryNode, el } from "../wire/Nodes.ts"
import type { Group, Role } from "../world/Group.ts"
import type { PersonId } from "../world/Profile.ts"
import type { Server } from "./Server.ts"

/** A person the way this group addresses its members, with the other address beside it. */
export const reference = (group: Group, person: Person): Record<string, string> =>
  group.addressing === "lid"
    ? { jid: person.lidJid, phone_number: person.pnJid }
    : { jid: person.pnJid, lid: person.lidJid }

export const addressOf = (group: Group, person: Person) =>
  group.addressing === "lid" ? person.lidJid : person.pnJid

export const participantNode = (
  group: Group,
  person: Person,
  role: Role,
  attrs: Record<string, string> = {},
) => el("participant", attributes({ ...reference(group, person), type: role, ...attrs }))

/** What a member who asks for no more is told about a group. */
export const headNode = (server: Server, group: Group): BinaryNode => {
  const [owner, subjectBy] = [server.people.get(group.owner), server.people.get(group.subjectBy)]
  const attrs = {
    id: group.jid.split("@")[0] ?? "",
    subject: group.subject,
    s_t: String(group.subjectAt),
    s_o: addressOf(group, subjectBy),
    s_o_pn: subjectBy.pnJid,
    creation: String(group.createdAt),
    creator: addressOf(group, owner),
    creator_pn: owner.pnJid,
    addressing_mode: group.addressing,
    size: String(group.members.size),
    a_v_id: "1",
    p_v_id: "1",
  }
  return el("group", attrs)
}

/** Everything a member may know about a group. */
export const groupNode = (server: Server, group: Group): BinaryNode => ({
  ...headNode(server, group),
  content: [...memberNodes(server, group), ...settingNodes(server, group)],
})

/** In an answer that would become too large: the client is to ask for it again. */
const truncatedNode = ({ jid, members }: Group) =>
  el("group", { id: jid.split("@")[0] ?? "", truncated: "true", size: String(members.size) })

/** Groups with all of their members, as many as fit into one answer. */
export const groupNodes = (server: Server, groups: ReadonlyArray<Group>) => {
  let room = server.behaviour.membersPerAnswer
  return groups.map((group) => {
    room -= group.members.size
    return room < 0 ? truncatedNode(group) : groupNode(server, group)
  })
}

const memberNodes = (server: Server, group: Group) =>
  [...group.members].map(([id, { role }]) => participantNode(group, server.people.get(id), role))

const settingNodes = (server: Server, group: Group): Array<BinaryNode> => [
  ...optional(group.description, ({ id, body, by, at }) =>
    descriptionNode(server, group, { id, body, by, at }),
  ),
  ...optional(group.announce || undefined, () => el("announcement")),
  ...optional(group.locked || undefined, () => el("locked")),
  ...optional(group.ephemeral || undefined, (seconds) =>
    el("ephemeral", { expiration: String(seconds) }),
  ),
  el("member_add_mode", {}, Buffer.from(group.memberAddMode)),
  ...optional(group.approval || undefined, () =>
    el("membership_approval_mode", {}, [el("group_join", { state: "on" })]),
  ),
  ...optional(group.community || undefined, () => el("parent")),
  ...optional(group.parent, (jid) => el("linked_parent", { jid })),
]

const descriptionNode = (
  server: Server,
  group: Group,
  { id, body, by, at }: { id: string; body: string; by: PersonId; at: number },
) => {
  const author = server.people.get(by)
  const attrs = {
    id,
    participant: addressOf(group, author),
    participant_pn: author.pnJid,
    t: String(at),
  }
  return el("description", attrs, [el("body", {}, Buffer.from(body))])
}

const optional = <A>(value: A | undefined, encode: (value: A) => BinaryNode): Array<BinaryNode> =>
  value === undefined ? [] : [encode(value)]
