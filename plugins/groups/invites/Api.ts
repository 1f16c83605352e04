import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import { SessionNotFound } from "../../../src/domain/Session.ts"
import { basePath, SessionPath, strict } from "../../../src/http/BaseApi.ts"
import { failures } from "../../../src/http/Envelope.ts"
import { needs } from "../../../src/http/Requirement.ts"
import { changeFailures, GroupPath, liveFailures } from "../Operation.ts"
import { Invite, InviteLink, InvitePreview, InviteUnusable } from "./Invite.ts"

const Joined = Schema.Struct({ groupJid: GroupJid }).annotations({ identifier: "JoinedGroup" })

/** The group's admins have to let the account in first. */
const JoinPending = Schema.Struct({
  groupJid: GroupJid,
  isPending: Schema.Literal(true),
}).annotations({ identifier: "JoinPending" })

export class InvitesApi extends HttpApiGroup.make("groupInvites")
  .add(
    HttpApiEndpoint.get("getGroupInvite", "/sessions/:session/groups/:gid/invite")
      .setPath(GroupPath)
      .addSuccess(InviteLink)
      .addError(failures(...changeFailures))
      .annotate(
        OpenApi.Description,
        "Asks WhatsApp for the link that leads into the group, which stays the same until it is revoked. 403 where only admins may have it, 501 where the session is not connected.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.del("revokeGroupInvite", "/sessions/:session/groups/:gid/invite")
      .setPath(GroupPath)
      .addSuccess(InviteLink)
      .addError(failures(...changeFailures))
      .annotate(
        OpenApi.Description,
        "Makes a new link and answers it; links given out before lead nowhere from now on.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.get("previewGroupInvite", "/sessions/:session/groups/$preview")
      .setPath(SessionPath)
      .setUrlParams(strict(Schema.Struct({ invite: Invite })))
      .addSuccess(InvitePreview)
      .addError(failures(SessionNotFound, InviteUnusable, ...liveFailures))
      .annotate(
        OpenApi.Description,
        "Shows the group behind an invite, a code or a link, without joining it.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.post("joinGroup", "/sessions/:session/groups/$join")
      .setPath(SessionPath)
      .setPayload(strict(InviteLink))
      .addSuccess(Joined)
      .addSuccess(JoinPending, { status: 202 })
      .addError(failures(SessionNotFound, InviteUnusable, ...liveFailures))
      .annotate(
        OpenApi.Description,
        "Joins by an invite, a code or a link; a member gets the same answer. Where admins have to agree first, the answer is 202 and the group is listed once they have.",
      )
      .annotateContext(needs("send")),
  )
  .prefix(basePath) {}
