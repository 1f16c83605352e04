import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { SessionNotFound } from "../../src/domain/Session.ts"
import { basePath, SessionPath, strict, thorough } from "../../src/http/BaseApi.ts"
import { failures } from "../../src/http/Envelope.ts"
import {
  idempotencyFields,
  IdempotencyInFlight,
  IdempotencyMismatch,
} from "../../src/http/Idempotency.ts"
import { List, pageAsked, pageFields } from "../../src/http/Page.ts"
import { preferFields } from "../../src/http/Prefer.ts"
import { needs } from "../../src/http/Requirement.ts"
import { storedRead } from "../../src/http/StoredRead.ts"
import {
  CreatedGroup,
  Description,
  DisappearingSeconds,
  Group,
  GroupSettings,
  Subject,
} from "./Group.ts"
import { Participants, Verdict } from "./members/Member.ts"
import { midwayFailures } from "./Midway.ts"
import { changeFailures, GroupPath, liveFailures, storedFailures } from "./Operation.ts"
import { listedGroups, storedGroup, storedSettings } from "./Reads.ts"

const NewGroup = strict(Schema.Struct({ name: Subject, participants: Participants }))

/**
 * `verdicts` on `Prefer: return=representation`, of everybody on whom WhatsApp gave one. They are lost
 * where the group was found after an answer that never came.
 */
const GroupMade = Schema.Struct({
  ...CreatedGroup.fields,
  verdicts: Schema.optionalWith(Schema.Array(Verdict), { exact: true }),
}).annotations({ identifier: "CreatedGroup" })

const GroupChange = strict(
  Schema.Struct({
    subject: Schema.optionalWith(Subject, { exact: true }),
    description: Schema.optionalWith(Description, { exact: true }),
    announce: Schema.optionalWith(Schema.Boolean, { exact: true }),
    locked: Schema.optionalWith(Schema.Boolean, { exact: true }),
  }),
)

const SettingsChange = strict(
  Schema.Struct({
    joinApproval: Schema.optionalWith(GroupSettings.fields.joinApproval, { exact: true }),
    memberAddMode: Schema.optionalWith(GroupSettings.fields.memberAddMode, { exact: true }),
    disappearingSeconds: Schema.optionalWith(DisappearingSeconds, { exact: true }),
  }),
)

const making = [
  "Makes a group of the session's account, its owner, and of those participants whom WhatsApp lets",
  "it add; the others are left out, and reported with Prefer: return=representation. Each call makes",
  "another group, unless it has an Idempotency-Key: calls with one key make one group and get one",
  "answer. Where nobody knows how an earlier attempt ended, its group is looked for first, and its",
  "verdicts are lost.",
].join(" ")

export class GroupsApi extends HttpApiGroup.make("groups")
  .add(
    storedRead(
      HttpApiEndpoint.get("listGroups", "/sessions/:session/groups")
        .setPath(SessionPath)
        .setUrlParams(strict(Schema.Struct(pageFields("groups"))))
        .addSuccess(List(Group))
        .addError(failures(SessionNotFound))
        .annotate(
          OpenApi.Description,
          "The groups that the session is in, as they are stored: all of them, or pages of them with a limit.",
        )
        .annotateContext(needs("read")),
      {
        statement: listedGroups,
        parameters: ({ path, urlParams }) => [path.session, ...pageAsked(urlParams)],
        absent: [SessionNotFound],
      },
    ),
  )
  .add(
    HttpApiEndpoint.post("createGroup", "/sessions/:session/groups")
      .setPath(SessionPath)
      .setHeaders(thorough(Schema.Struct({ ...preferFields, ...idempotencyFields })))
      .setPayload(NewGroup)
      .addSuccess(GroupMade, { status: 201 })
      .addError(
        failures(SessionNotFound, IdempotencyMismatch, IdempotencyInFlight, ...liveFailures),
      )
      .annotate(OpenApi.Description, making)
      .annotateContext(needs("send")),
  )
  .add(
    storedRead(
      HttpApiEndpoint.get("getGroup", "/sessions/:session/groups/:gid")
        .setPath(GroupPath)
        .addSuccess(Group)
        .addError(failures(...storedFailures))
        .annotate(
          OpenApi.Description,
          "As it is stored; a group that the session has left stays readable.",
        )
        .annotateContext(needs("read")),
      {
        statement: storedGroup,
        parameters: ({ path }) => [path.session, path.gid],
        absent: storedFailures,
      },
    ),
  )
  .add(
    HttpApiEndpoint.patch("updateGroup", "/sessions/:session/groups/:gid")
      .setPath(GroupPath)
      .setPayload(GroupChange)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures, ...midwayFailures))
      .annotate(
        OpenApi.Description,
        "Changes what is sent and nothing else, in the order subject, description, announce, locked. Where one fails, details.applied names those before it that took effect.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    storedRead(
      HttpApiEndpoint.get("getGroupSettings", "/sessions/:session/groups/:gid/settings")
        .setPath(GroupPath)
        .addSuccess(GroupSettings)
        .addError(failures(...storedFailures))
        .annotate(
          OpenApi.Description,
          "As they were when WhatsApp last told; those of a group that the session has left stay readable.",
        )
        .annotateContext(needs("read")),
      {
        statement: storedSettings,
        parameters: ({ path }) => [path.session, path.gid],
        absent: storedFailures,
      },
    ),
  )
  .add(
    HttpApiEndpoint.patch("updateGroupSettings", "/sessions/:session/groups/:gid/settings")
      .setPath(GroupPath)
      .setPayload(SettingsChange)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures, ...midwayFailures))
      .annotate(
        OpenApi.Description,
        "Changes what is sent and nothing else, in the order joinApproval, memberAddMode, disappearingSeconds. Where one fails, details.applied names those before it that took effect.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.post("leaveGroup", "/sessions/:session/groups/:gid/$leave")
      .setPath(GroupPath)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...storedFailures, ...liveFailures))
      .annotate(
        OpenApi.Description,
        "Leaves the group, which is no longer listed but stays readable. Leaving it again does nothing.",
      )
      .annotateContext(needs("send")),
  )
  .prefix(basePath) {}
