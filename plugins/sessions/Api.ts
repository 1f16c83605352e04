import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Context, Schema } from "effect"
import { Me, NotLinked, Session, SessionNotFound } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import { basePath, SessionPath, strict } from "../../src/http/BaseApi.ts"
import { failures } from "../../src/http/Envelope.ts"
import { List } from "../../src/http/Page.ts"
import { needs } from "../../src/http/Requirement.ts"
import { AlreadyPaired, PairingCode, QrCode, QrNotReady } from "../../src/ports/Sessions.ts"
import { Accept, alsoDrawn } from "./QrPicture.ts"

const limit = Schema.NullOr(Schema.Int.pipe(Schema.between(1, 100_000)))
const label = Schema.String.pipe(Schema.maxLength(100, { examples: ["Support line"] }))

const NewSession = strict(
  Schema.Struct({
    label: Schema.optionalWith(label, { default: () => "" }),
    autoRead: Schema.optionalWith(Schema.Boolean, { default: () => false }),
    presenceTyping: Schema.optionalWith(Schema.Boolean, { default: () => false }),
    ratePerMin: Schema.optionalWith(limit, { default: () => null }),
    ratePerHour: Schema.optionalWith(limit, { default: () => null }),
    start: Schema.optionalWith(Schema.Boolean, { default: () => true }),
  }),
)

/** A field that is not there stays; `null` takes a limit away. */
const SessionChange = strict(
  Schema.Struct({
    label: Schema.optionalWith(label, { exact: true }),
    autoRead: Schema.optionalWith(Schema.Boolean, { exact: true }),
    presenceTyping: Schema.optionalWith(Schema.Boolean, { exact: true }),
    ratePerMin: Schema.optionalWith(limit, { exact: true }),
    ratePerHour: Schema.optionalWith(limit, { exact: true }),
  }),
)

const Phone = strict(
  Schema.Struct({
    phone: Schema.String.pipe(
      Schema.pattern(/^\+?[1-9]\d{6,14}$/, {
        description: "a phone number, country code first, e.g. 6281234567890",
      }),
    ),
  }),
)

const path = "/sessions/:session"

const command = <const Name extends string>(name: Name, verb: string, description: string) =>
  HttpApiEndpoint.post(name, `${path}/$${verb}` as const)
    .setPath(SessionPath)
    .addSuccess(Session)
    .addError(failures(SessionNotFound))
    .annotate(
      OpenApi.Description,
      `${description} The answer is the session once it is so, or as it is after five seconds.`,
    )
    .annotateContext(needs("manage"))

export class SessionsApi extends HttpApiGroup.make("sessions")
  .add(
    HttpApiEndpoint.get("listSessions", "/sessions")
      .addSuccess(List(Session))
      .annotate(
        OpenApi.Description,
        "All sessions of the organization as they are stored, oldest first, with their status; how each fares is told by the session itself.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.post("createSession", "/sessions")
      .setPayload(NewSession)
      .addSuccess(Session, { status: 201 })
      .annotate(
        OpenApi.Description,
        "Makes a session, which is not linked to a number yet. It starts at once unless start is false; then its code to link by is to be had, to scan or to type.",
      )
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.get("getSession", path)
      .setPath(SessionPath)
      .addSuccess(Session)
      .addError(failures(SessionNotFound))
      .annotate(
        OpenApi.Description,
        "The session with how it fares: since when, what ended its last connection, and when it is tried again. It never asks WhatsApp.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.get("sessionMe", `${path}/me`)
      .setPath(SessionPath)
      .addSuccess(Me)
      .addError(failures(SessionNotFound, NotLinked))
      .annotate(
        OpenApi.Description,
        "The account that the session is linked to, as stored, whether it is online or not. 404 with the reason not_linked where there is none, or where the phone has removed it.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.patch("updateSession", path)
      .setPath(SessionPath)
      .setPayload(SessionChange)
      .addSuccess(Session)
      .addError(failures(SessionNotFound))
      .annotate(
        OpenApi.Description,
        "Changes what is sent and nothing else; null takes a limit away. The connection stays as it is.",
      )
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.del("deleteSession", path)
      .setPath(SessionPath)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(SessionNotFound))
      .annotate(
        OpenApi.Description,
        "Logs the session out and removes it, with everything that is stored of it: groups, contacts, messages. It does not come back.",
      )
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.get("sessionQR", `${path}/qr`)
      .setPath(SessionPath)
      .setHeaders(Accept)
      .addSuccess(QrCode)
      .addError(failures(SessionNotFound, QrNotReady, AlreadyPaired))
      .annotate(
        OpenApi.Description,
        "The code to be scanned by the phone, as JSON, text or a picture, by the Accept header. It starts a session that waits for a person, and waits a moment for the first code; 404 with the reason qr_not_ready says to ask again. Each code lasts until expiresAt, then there is another. 409 where a phone is linked already.",
      )
      .annotateContext(Context.add(needs("manage"), OpenApi.Transform, alsoDrawn)),
  )
  .add(
    HttpApiEndpoint.post("sessionPairingCode", `${path}/pairing-code`)
      .setPath(SessionPath)
      .setPayload(Phone)
      .addSuccess(PairingCode)
      .addError(
        failures(
          SessionNotFound,
          AlreadyPaired,
          UpstreamRateLimited,
          UpstreamRefused,
          UpstreamSilent,
        ),
      )
      .annotate(
        OpenApi.Description,
        "A code to be typed into the phone of that number, which WhatsApp is asked for. It starts a session that is at rest. 409 where a phone is linked already; 502 and 504 where WhatsApp refuses or says nothing.",
      )
      .annotateContext(needs("manage")),
  )
  .add(
    command(
      "startSession",
      "start",
      "Has the session run from now on, also after a restart of the gateway; one that runs already is left alone.",
    ),
  )
  .add(
    command(
      "stopSession",
      "stop",
      "Ends the connection. The number stays linked, and what is stored stays readable.",
    ),
  )
  .add(
    command(
      "restartSession",
      "restart",
      "Ends the connection, where there is one, and begins another at once.",
    ),
  )
  .add(
    command(
      "logoutSession",
      "logout",
      "Gives up the link to the phone, which forgets the gateway as well. What is stored stays readable; to run again, the session needs a new code.",
    ),
  )
  .prefix(basePath) {}
