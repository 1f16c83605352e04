/** How every operation of the plugin is asked for, and by which stanza WhatsApp hears of it. */
import type { FaultMatch } from "../../emulator/router/Faults.ts"
import { declaredBy } from "../../support/Declared.ts"
import type { Request } from "../../support/Http.ts"

export interface Target {
  readonly group: string
  /** A member of the group. */
  readonly member: string
  /** Somebody who is not. */
  readonly stranger: string
  readonly invite: string
}

export interface Asking extends Request {
  readonly path: string
}

export interface Facts {
  readonly ask: (target: Target) => Asking
  /** Undefined where the answer comes from what is stored. */
  readonly stanza?: (target: Target) => FaultMatch
}

/** The first bytes of a real picture: one red pixel. */
export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

const about = (group: string) => `/groups/${group}`
const child = (name: string) => (target: Target) => ({
  xmlns: "w:g2",
  to: target.group,
  child: name,
})
const invite = (type: "get" | "set", to?: string) => (target: Target) => ({
  xmlns: "w:g2",
  type,
  to: to ?? target.group,
  child: "invite",
})
const picture = (type: "get" | "set") => (target: Target) => ({
  xmlns: "w:profile:picture",
  type,
  when: ({ attrs }: { readonly attrs: Readonly<Record<string, string>> }) =>
    attrs["target"] === target.group,
})
const people = (participant: string) => ({ participants: [participant] })

export const operations: Readonly<Record<string, Facts>> = {
  listGroups: { ask: () => ({ path: "/groups" }) },
  createGroup: {
    ask: ({ stranger }) => ({
      path: "/groups",
      method: "POST",
      json: { name: "New", ...people(stranger) },
    }),
    stanza: () => ({ xmlns: "w:g2", child: "create" }),
  },
  getGroup: { ask: ({ group }) => ({ path: about(group) }) },
  updateGroup: {
    ask: ({ group }) => ({ path: about(group), method: "PATCH", json: { subject: "Renamed" } }),
    stanza: child("subject"),
  },
  getGroupSettings: { ask: ({ group }) => ({ path: `${about(group)}/settings` }) },
  updateGroupSettings: {
    ask: ({ group }) => ({
      path: `${about(group)}/settings`,
      method: "PATCH",
      json: { joinApproval: true },
    }),
    stanza: child("membership_approval_mode"),
  },
  leaveGroup: {
    ask: ({ group }) => ({ path: `${about(group)}:leave`, method: "POST" }),
    stanza: () => ({ xmlns: "w:g2", child: "leave" }),
  },
  listGroupMembers: { ask: ({ group }) => ({ path: `${about(group)}/members` }) },
  addGroupMembers: {
    ask: ({ group, stranger }) => ({
      path: `${about(group)}/members`,
      method: "POST",
      json: people(stranger),
    }),
    stanza: child("add"),
  },
  removeGroupMember: {
    ask: ({ group, member }) => ({ path: `${about(group)}/members/${member}`, method: "DELETE" }),
    stanza: child("remove"),
  },
  promoteGroupMember: {
    ask: ({ group, member }) => ({
      path: `${about(group)}/members/${member}/promote`,
      method: "POST",
    }),
    stanza: child("promote"),
  },
  demoteGroupMember: {
    ask: ({ group, member }) => ({
      path: `${about(group)}/members/${member}/demote`,
      method: "POST",
    }),
    stanza: child("demote"),
  },
  listGroupJoinRequests: {
    ask: ({ group }) => ({ path: `${about(group)}/requests` }),
    stanza: child("membership_approval_requests"),
  },
  approveGroupMembers: {
    ask: ({ group, stranger }) => ({
      path: `${about(group)}/members:approve`,
      method: "POST",
      json: people(stranger),
    }),
    stanza: child("membership_requests_action"),
  },
  rejectGroupMembers: {
    ask: ({ group, stranger }) => ({
      path: `${about(group)}/members:reject`,
      method: "POST",
      json: people(stranger),
    }),
    stanza: child("membership_requests_action"),
  },
  getGroupInvite: {
    ask: ({ group }) => ({ path: `${about(group)}/invite` }),
    stanza: invite("get"),
  },
  revokeGroupInvite: {
    ask: ({ group }) => ({ path: `${about(group)}/invite`, method: "DELETE" }),
    stanza: invite("set"),
  },
  previewGroupInvite: {
    ask: ({ invite }) => ({ path: `/groups:preview?invite=${invite}` }),
    stanza: invite("get", "@g.us"),
  },
  joinGroup: {
    ask: ({ invite }) => ({ path: "/groups:join", method: "POST", json: { invite } }),
    stanza: invite("set", "@g.us"),
  },
  getGroupPicture: {
    ask: ({ group }) => ({ path: `${about(group)}/picture` }),
    stanza: picture("get"),
  },
  setGroupPicture: {
    ask: ({ group }) => ({
      path: `${about(group)}/picture`,
      method: "PUT",
      json: { image: pixel },
    }),
    stanza: picture("set"),
  },
  removeGroupPicture: {
    ask: ({ group }) => ({ path: `${about(group)}/picture`, method: "DELETE" }),
    stanza: picture("set"),
  },
}

/** The failures that every operation declares, by their names in the document. */
export const declared = declaredBy("groups")

export const isLive = (name: string) => operations[name]?.stanza !== undefined
