import { Effect } from "effect"
import type { GroupJid } from "../../src/domain/Jid.ts"
import { call, type CallFailure, Refusal, unreadable } from "./Call.ts"
import { fetchMetadata } from "./GroupQueries.ts"
import type { Socket } from "./Socket.ts"
import { type BinaryNode, generateMessageIDV2, getBinaryNodeChild } from "./Vendor.ts"
import { integerIn } from "./WireNumbers.ts"

export const change = (socket: Socket, to: string, content: BinaryNode) =>
  call(socket, { tag: "iq", attrs: { to, xmlns: "w:g2", type: "set" }, content: [content] })

const setting = (on: string, off: string) => (socket: Socket, group: GroupJid, value: boolean) =>
  change(socket, group, { tag: value ? on : off, attrs: {} })

export const rename = (socket: Socket, group: GroupJid, subject: string) =>
  change(socket, group, { tag: "subject", attrs: {}, content: Buffer.from(subject) })

/** Whether only admins may post. */
export const announce = setting("announcement", "not_announcement")

/** Whether only admins may edit the group's info. */
export const lock = setting("locked", "unlocked")

/** WhatsApp takes a description only from those who name the one it replaces. */
export const describe = Effect.fn("GroupChanges.describe")(function* (
  socket: Socket,
  group: GroupJid,
  description: string,
) {
  const { descId } = yield* fetchMetadata(socket, group)
  const previous = descId === undefined ? {} : { prev: descId }
  const node: BinaryNode =
    description === ""
      ? { tag: "description", attrs: { delete: "true", ...previous } }
      : {
          tag: "description",
          attrs: { id: generateMessageIDV2(), ...previous },
          content: [{ tag: "body", attrs: {}, content: Buffer.from(description) }],
        }
  return yield* change(socket, group, node)
})

export const setJoinApproval = (socket: Socket, group: GroupJid, on: boolean) =>
  change(socket, group, {
    tag: "membership_approval_mode",
    attrs: {},
    content: [{ tag: "group_join", attrs: { state: on ? "on" : "off" } }],
  })

export const setMemberAddMode = (socket: Socket, group: GroupJid, mode: "admins" | "members") =>
  change(socket, group, {
    tag: "member_add_mode",
    attrs: {},
    content: Buffer.from(mode === "admins" ? "admin_add" : "all_member_add"),
  })

/** 0 keeps messages for ever. */
export const setDisappearing = (socket: Socket, group: GroupJid, seconds: number) =>
  change(
    socket,
    group,
    seconds === 0
      ? { tag: "not_ephemeral", attrs: {} }
      : { tag: "ephemeral", attrs: { expiration: String(seconds) } },
  )

/** The answer to leaving has a verdict on the group, which the library does not look at. */
export const leave = Effect.fn("GroupChanges.leave")(function* (socket: Socket, group: GroupJid) {
  const answer = yield* change(socket, "@g.us", {
    tag: "leave",
    attrs: {},
    content: [{ tag: "group", attrs: { id: group } }],
  })
  const verdict = getBinaryNodeChild(getBinaryNodeChild(answer, "leave"), "group")
  if (verdict === undefined) return yield* unreadable
  const { error } = verdict.attrs
  const code = integerIn(error) ?? 500
  if (error !== undefined && !isOut(code))
    return yield* new Refusal({
      code,
      text: "the group was not left",
      backoffSeconds: undefined,
    })
})

/** Whether a code says that the account is not in the group, or the group no more. */
export const isOut = (code: number) => code === 403 || code === 404

/** WhatsApp tells a stranger nothing about a group, and nobody about one that is no more. */
export const isGone = (failure: CallFailure) => failure._tag === "Refusal" && isOut(failure.code)
