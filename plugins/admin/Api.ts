import { HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { Schema } from "effect"
import { Name } from "../../src/domain/Name.ts"
import { Organization } from "../../src/domain/Organization.ts"
import { Backfill, BackfillRunning } from "../../src/domain/Backfill.ts"
import { Session, SessionNotFound, SessionOffline } from "../../src/domain/Session.ts"
import { basePath, SessionPath, strict } from "../../src/http/BaseApi.ts"
import { failures } from "../../src/http/Envelope.ts"
import { List } from "../../src/http/Page.ts"
import { needs } from "../../src/http/Requirement.ts"

const NewOrganization = strict(Schema.Struct({ name: Name.annotations({ examples: ["Acme"] }) }))

export class AdminApi extends HttpApiGroup.make("admin")
  .add(
    HttpApiEndpoint.get("adminListOrganizations", "/organizations")
      .addSuccess(List(Organization))
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.post("adminCreateOrganization", "/organizations")
      .setPayload(NewOrganization)
      .addSuccess(Organization, { status: 201 })
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.get("adminListSessions", "/sessions")
      .addSuccess(List(Session))
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.post("backfillSession", "/sessions/:session/$backfill")
      .setPath(SessionPath)
      .addSuccess(Backfill, { status: 202 })
      .addError(failures(SessionNotFound, SessionOffline, BackfillRunning))
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.get("getBackfill", "/sessions/:session/backfill")
      .setPath(SessionPath)
      .addSuccess(Backfill)
      .addError(failures(SessionNotFound))
      .annotateContext(needs("super_admin")),
  )
  .prefix(`${basePath}/admin`) {}
