import type { Group, GroupJid, MemberAddMode, Role } from "./Group.ts"
import type { PersonId } from "./Profile.ts"
import { Refusal } from "./Refusal.ts"

export type Participant = { readonly person: PersonId; readonly role: Role }

/** What happened to a group, in the words of its notifications. */
export type Change =
  | { readonly kind: "create" }
  | { readonly kind: "delete" }
  | { readonly kind: "subject"; readonly subject: string; readonly at: number }
  | { readonly kind: "description"; readonly id: string; readonly body: string | undefined }
  | { readonly kind: "announcement" | "not_announcement" | "locked" | "unlocked" }
  | { readonly kind: "ephemeral"; readonly seconds: number }
  | { readonly kind: "member_add_mode"; readonly mode: MemberAddMode }
  | { readonly kind: "membership_approval_mode"; readonly on: boolean }
  | { readonly kind: "invite"; readonly code: string }
  | {
      readonly kind: "add" | "remove" | "promote" | "demote"
      readonly participants: ReadonlyArray<Participant>
      readonly reason?: string
    }
  | { readonly kind: "modify"; readonly person: PersonId; readonly oldPn: string }
  | { readonly kind: "picture"; readonly id: string | undefined }
  | { readonly kind: "created_membership_requests"; readonly person: PersonId }
  | { readonly kind: "revoked_membership_requests"; readonly person: PersonId }
  | { readonly kind: "link" | "unlink"; readonly parent: GroupJid }

/** One notification and everybody who is to get it. */
export type Notice = {
  readonly group: Group
  readonly actor: PersonId
  readonly to: ReadonlyArray<PersonId>
  readonly change: Change
}

export type Done<A> = { readonly result: A; readonly notices: ReadonlyArray<Notice> }

/** Every operation on the world either refuses, having changed nothing, or is done. */
export type Outcome<A = undefined> = Done<A> | Refusal

export const done = <A>(result: A, ...notices: ReadonlyArray<Notice>): Done<A> => ({
  result,
  notices,
})

export const isRefusal = (value: unknown): value is Refusal => value instanceof Refusal

/** A notice to every member, and to people who are members no longer. */
export const tellMembers = (
  group: Group,
  actor: PersonId,
  change: Change,
  ...alsoTo: ReadonlyArray<PersonId>
): Notice => ({ group, actor, change, to: [...new Set([...group.members.keys(), ...alsoTo])] })
