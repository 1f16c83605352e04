import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
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
      .annotate(OpenApi.Description, "All organizations of this gateway, oldest first.")
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.post("adminCreateOrganization", "/organizations")
      .setPayload(NewOrganization)
      .addSuccess(Organization, { status: 201 })
      .annotate(
        OpenApi.Description,
        "Makes an organization. It has no API key yet: login tokens that name it, or the command line, make the first.",
      )
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.get("adminListSessions", "/sessions")
      .addSuccess(List(Session))
      .annotate(
        OpenApi.Description,
        "The sessions of every organization as they are stored, oldest first.",
      )
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.post("backfillSession", "/sessions/:session/$backfill")
      .setPath(SessionPath)
      .addSuccess(Backfill, { status: 202 })
      .addError(failures(SessionNotFound, SessionOffline, BackfillRunning))
      .annotate(
        OpenApi.Description,
        "Has all groups and contacts of the session fetched from WhatsApp again, whichever organization's it is. 202 says that it has begun, not that it is done; 409 that one is running, and 501 that the session is not connected.",
      )
      .annotateContext(needs("super_admin")),
  )
  .add(
    HttpApiEndpoint.get("getBackfill", "/sessions/:session/backfill")
      .setPath(SessionPath)
      .addSuccess(Backfill)
      .addError(failures(SessionNotFound))
      .annotate(
        OpenApi.Description,
        "How the last backfill of the session fares: never where nobody asked for one, else running, done, or failed and why.",
      )
      .annotateContext(needs("super_admin")),
  )
  .prefix(`${basePath}/admin`) {}
