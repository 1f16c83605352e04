import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { PersonAddress } from "../../../src/domain/Jid.ts"
import { basePath, strict, thorough } from "../../../src/http/BaseApi.ts"
import { failures } from "../../../src/http/Envelope.ts"
import { List, pageAsked, pageFields } from "../../../src/http/Page.ts"
import { preferFields } from "../../../src/http/Prefer.ts"
import { needs } from "../../../src/http/Requirement.ts"
import { storedRead } from "../../../src/http/StoredRead.ts"
import { changeFailures, GroupPath, storedFailures } from "../Operation.ts"
import { listedMembers } from "../Reads.ts"
import {
  GroupMember,
  JoinRequest,
  MemberNotFound,
  OwnerProtected,
  Participants,
  Verdict,
} from "./Member.ts"

const MemberPath = strict(Schema.Struct({ ...GroupPath.fields, jid: PersonAddress }))
const People = strict(Schema.Struct({ participants: Participants }))
const Prefer = thorough(Schema.Struct(preferFields))

/** One verdict per participant, in the order of the request. */
const Verdicts = Schema.Struct({ data: Schema.Array(Verdict) }).annotations({
  identifier: "Verdicts",
})

export class MembersApi extends HttpApiGroup.make("groupMembers")
  .add(
    storedRead(
      HttpApiEndpoint.get("listGroupMembers", "/sessions/:session/groups/:gid/members")
        .setPath(GroupPath)
        .setUrlParams(strict(Schema.Struct(pageFields("members"))))
        .addSuccess(List(GroupMember))
        .addError(failures(...storedFailures))
        .annotate(
          OpenApi.Description,
          "The members as they are stored: all of them, or pages of them with a limit. Of a group that was left, those of its last day.",
        )
        .annotateContext(needs("read")),
      {
        statement: listedMembers,
        parameters: ({ path, urlParams }) => [path.session, path.gid, ...pageAsked(urlParams)],
        absent: storedFailures,
      },
    ),
  )
  .add(
    HttpApiEndpoint.post("addGroupMembers", "/sessions/:session/groups/:gid/members")
      .setPath(GroupPath)
      .setHeaders(Prefer)
      .setPayload(People)
      .addSuccess(Verdicts)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures))
      .annotate(
        OpenApi.Description,
        "Adds those whom WhatsApp lets it add; who is a member already stays one. With Prefer: return=representation the answer is WhatsApp's verdict on each.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.del("removeGroupMember", "/sessions/:session/groups/:gid/members/:jid")
      .setPath(MemberPath)
      .setHeaders(Prefer)
      .addSuccess(Verdicts)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures, OwnerProtected))
      .annotate(OpenApi.Description, "Removes a member; who is none is left alone.")
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.post(
      "promoteGroupMember",
      "/sessions/:session/groups/:gid/members/:jid/promote",
    )
      .setPath(MemberPath)
      .setHeaders(Prefer)
      .addSuccess(Verdicts)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures, MemberNotFound))
      .annotate(OpenApi.Description, "Makes a member an admin; who is one already stays one.")
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.post("demoteGroupMember", "/sessions/:session/groups/:gid/members/:jid/demote")
      .setPath(MemberPath)
      .setHeaders(Prefer)
      .addSuccess(Verdicts)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures, MemberNotFound, OwnerProtected))
      .annotate(OpenApi.Description, "Makes an admin a plain member; who is one already stays one.")
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.get("listGroupJoinRequests", "/sessions/:session/groups/:gid/requests")
      .setPath(GroupPath)
      .addSuccess(List(JoinRequest))
      .addError(failures(...changeFailures))
      .annotate(OpenApi.Description, "Who is waiting to be let in, asked of WhatsApp.")
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.post("approveGroupMembers", "/sessions/:session/groups/:gid/members/$approve")
      .setPath(GroupPath)
      .setHeaders(Prefer)
      .setPayload(People)
      .addSuccess(Verdicts)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures))
      .annotate(
        OpenApi.Description,
        "Lets in who asked to be. With Prefer: return=representation the answer is WhatsApp's verdict on each.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.post("rejectGroupMembers", "/sessions/:session/groups/:gid/members/$reject")
      .setPath(GroupPath)
      .setHeaders(Prefer)
      .setPayload(People)
      .addSuccess(Verdicts)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures))
      .annotate(
        OpenApi.Description,
        "Turns down who asked to be let in. With Prefer: return=representation the answer is WhatsApp's verdict on each.",
      )
      .annotateContext(needs("send")),
  )
  .prefix(basePath) {}
