import type { GroupJid, Lid, PhoneJid } from "./Jid.ts"

/** A person as WhatsApp named them: by LID, by number, or by both. */
export type PersonSeen =
  | { readonly lid: Lid; readonly phoneJid?: PhoneJid }
  | { readonly lid?: Lid; readonly phoneJid: PhoneJid }

export type MemberRole = "member" | "admin" | "superadmin"

export type MemberSeen = PersonSeen & { readonly role: MemberRole }

export type MemberAddMode = "admins" | "members"

/** What a group shows its members alone. */
export interface GroupSettingsSeen {
  /** Whether an admin has to let in who comes by the invite link. */
  readonly joinApproval: boolean
  /** Who may add people. */
  readonly memberAddMode: MemberAddMode
  /** How long new messages stay; 0 for ever. */
  readonly disappearingSeconds: number
}

export type JoinRequestSeen = PersonSeen & {
  /** As WhatsApp calls the way the person came: `invite_link`, … */
  readonly method: string
  /** Epoch milliseconds. */
  readonly requestedAt: number | undefined
}

/** With whom messages are exchanged: one person, or a group, channel or broadcast. */
export type ChatSeen = PersonSeen | { readonly jid: string }

/** What kind of message it is; `other` for everything that has no name yet. */
export type MessageType =
  | "text"
  | "image"
  | "video"
  | "audio"
  | "document"
  | "sticker"
  | "location"
  | "contact"
  | "poll"
  | "other"

/** One message, as those refer to it who react to it, edit it or take it back. */
export interface MessageName {
  readonly chat: ChatSeen
  /** The account itself when it is `fromMe`; nobody is named in a channel. */
  readonly sender: PersonSeen | undefined
  readonly fromMe: boolean
  /** Chosen by the sender. */
  readonly id: string
  /** Epoch milliseconds. */
  readonly timestamp: number
}

/**
 * What WhatsApp told a session, in our words. Sightings are states, never deltas: storing one
 * twice, or an older one again, changes nothing but the time it was last seen.
 */
export type Sighting =
  /** A group as it is now, with all of its members. */
  | {
      readonly _tag: "GroupSeen"
      readonly jid: GroupJid
      readonly subject: string
      readonly description: string
      readonly owner: PersonSeen | undefined
      /** Epoch milliseconds. */
      readonly createdAtWa: number | undefined
      readonly isAnnounce: boolean
      readonly isLocked: boolean
      /** Left out where they do not show. */
      readonly settings?: GroupSettingsSeen
      readonly members: ReadonlyArray<MemberSeen>
    }
  /** Every group the account is in now; groups that are not listed have been left. */
  | { readonly _tag: "GroupsListed"; readonly jids: ReadonlyArray<GroupJid> }
  /** The account is no longer a member; what is stored stays readable. */
  | { readonly _tag: "GroupLeft"; readonly jid: GroupJid }
  /** Everybody who is waiting to be let into the group now. */
  | {
      readonly _tag: "JoinRequestsSeen"
      readonly group: GroupJid
      readonly requests: ReadonlyArray<JoinRequestSeen>
    }
  /** The nickname a person carries in one group; empty when it was cleared. */
  | {
      readonly _tag: "MemberTagged"
      readonly group: GroupJid
      readonly member: PersonSeen
      readonly tag: string
    }
  /** A person's names. Both addresses at once also say that they are one person. */
  | {
      readonly _tag: "ContactSeen"
      readonly person: PersonSeen
      /** As saved in the account's address book. */
      readonly savedName?: string
      /** As the person calls themselves. */
      readonly pushName?: string
      readonly businessName?: string
    }
  /** The account and the person write to each other, outside of any group. */
  | { readonly _tag: "DirectChatSeen"; readonly person: PersonSeen }
  /** Somebody wrote something. */
  | (MessageName & {
      readonly _tag: "MessageSeen"
      readonly type: MessageType
      readonly body: string
      readonly quotedId: string | undefined
      readonly hasMedia: boolean
      /** All of it, as the vendor has it. */
      readonly raw: Uint8Array
    })
  /** The sender of a message changed it; the timestamp is when. */
  | (MessageName & {
      readonly _tag: "MessageEdited"
      readonly body: string
      readonly raw: Uint8Array
    })
  /** The sender of a message took it back. */
  | (MessageName & { readonly _tag: "MessageRevoked" })
  /** Somebody, the sender, reacted to the message of that id; an empty text takes it back. */
  | (MessageName & { readonly _tag: "MessageReacted"; readonly text: string })
