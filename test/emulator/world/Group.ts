import type { PersonId } from "./Profile.ts"

export type GroupJid = string
export type Role = "superadmin" | "admin" | undefined
export type MemberAddMode = "admin_add" | "all_member_add"

export type Member = { role: Role; label: string | undefined }
export type Description = {
  readonly id: string
  readonly body: string
  readonly by: PersonId
  readonly at: number
}

/** A pending question to the admins; `method` is how the person asked. */
export type JoinRequest = { readonly at: number; readonly method: "invite_link" }

export type Group = {
  readonly jid: GroupJid
  readonly owner: PersonId
  readonly createdAt: number
  readonly addressing: "lid" | "pn"
  subject: string
  subjectBy: PersonId
  subjectAt: number
  description: Description | undefined
  announce: boolean
  locked: boolean
  memberAddMode: MemberAddMode
  approval: boolean
  /** Seconds until messages disappear; 0 when they stay. */
  ephemeral: number
  capacity: number
  picture: string | undefined
  /** Whether this group is itself a community. */
  readonly community: boolean
  parent: GroupJid | undefined
  inviteCode: string | undefined
  readonly members: Map<PersonId, Member>
  readonly requests: Map<PersonId, JoinRequest>
  /** Personal invitations handed out when somebody's privacy refused an add. */
  readonly addRequests: Map<string, PersonId>
}

export const isAdmin = (group: Group, person: PersonId) =>
  group.members.get(person)?.role !== undefined

export const admins = (group: Group) => [...group.members.keys()].filter((id) => isAdmin(group, id))

export const describeGroup = (group: Group) => ({
  jid: group.jid,
  owner: group.owner,
  createdAt: group.createdAt,
  addressing: group.addressing,
  subject: group.subject,
  subjectBy: group.subjectBy,
  subjectAt: group.subjectAt,
  description: group.description ?? null,
  announce: group.announce,
  locked: group.locked,
  memberAddMode: group.memberAddMode,
  approval: group.approval,
  ephemeral: group.ephemeral,
  capacity: group.capacity,
  picture: group.picture ?? null,
  community: group.community,
  parent: group.parent ?? null,
  inviteCode: group.inviteCode ?? null,
  members: [...group.members].map(([person, { role, label }]) => ({
    person,
    role: role ?? null,
    label: label ?? null,
  })),
  requests: [...group.requests].map(([person, request]) => ({ person, ...request })),
})
