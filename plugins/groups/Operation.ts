/** What operations of this plugin have in common: how a group is addressed, and what may go wrong. */
import { Schema } from "effect"
import { GroupJid } from "../../src/domain/Jid.ts"
import { SessionNotFound, SessionOffline } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import { SessionPath, strict } from "../../src/http/BaseApi.ts"
import { GroupNotFound, NotGroupAdmin, NotGroupMember } from "./Group.ts"

export const GroupPath = strict(Schema.Struct({ ...SessionPath.fields, gid: GroupJid }))

/** Of every operation on one stored group. */
export const storedFailures = [SessionNotFound, GroupNotFound] as const

/** Of every operation that asks WhatsApp. */
export const liveFailures = [
  SessionOffline,
  UpstreamRefused,
  UpstreamSilent,
  UpstreamRateLimited,
] as const

/** Of every change of a group. */
export const changeFailures = [
  ...storedFailures,
  NotGroupAdmin,
  NotGroupMember,
  ...liveFailures,
] as const
