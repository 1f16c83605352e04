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
import { pictureTypes } from "./QrPicture.ts"

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

const Accept = Schema.Struct({
  accept: Schema.optionalWith(
    Schema.String.annotations({
      description: `one of ${pictureTypes.join(", ")}: the code as text, or drawn`,
      examples: ["image/png"],
    }),
    { exact: true },
  ),
})

interface Documented {
  readonly responses: Record<string, { readonly content?: Record<string, object> }>
}

/** OpenApi knows one kind of content for a status. */
const alsoDrawn = (operation: Record<string, unknown>) => {
  const content = (operation as unknown as Documented).responses["200"]?.content
  if (content !== undefined)
    Object.assign(content, {
      "image/png": { schema: { type: "string", format: "binary" }, example: "(a picture)" },
      "image/svg+xml": { schema: { type: "string" }, example: "<svg/>" },
      "text/plain": { schema: { type: "string" }, example: "█▀▀▀▀▀█" },
    })
  return operation
}

const path = "/sessions/:session"

const command = <const Name extends string>(name: Name, verb: string) =>
  HttpApiEndpoint.post(name, `${path}/$${verb}` as const)
    .setPath(SessionPath)
    .addSuccess(Session)
    .addError(failures(SessionNotFound))
    .annotateContext(needs("manage"))

export class SessionsApi extends HttpApiGroup.make("sessions")
  .add(
    HttpApiEndpoint.get("listSessions", "/sessions")
      .addSuccess(List(Session))
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.post("createSession", "/sessions")
      .setPayload(NewSession)
      .addSuccess(Session, { status: 201 })
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.get("getSession", path)
      .setPath(SessionPath)
      .addSuccess(Session)
      .addError(failures(SessionNotFound))
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.get("sessionMe", `${path}/me`)
      .setPath(SessionPath)
      .addSuccess(Me)
      .addError(failures(SessionNotFound, NotLinked))
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.patch("updateSession", path)
      .setPath(SessionPath)
      .setPayload(SessionChange)
      .addSuccess(Session)
      .addError(failures(SessionNotFound))
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.del("deleteSession", path)
      .setPath(SessionPath)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(SessionNotFound))
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.get("sessionQR", `${path}/qr`)
      .setPath(SessionPath)
      .setHeaders(Accept)
      .addSuccess(QrCode)
      .addError(failures(SessionNotFound, QrNotReady, AlreadyPaired))
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
      .annotateContext(needs("manage")),
  )
  .add(command("startSession", "start"))
  .add(command("stopSession", "stop"))
  .add(command("restartSession", "restart"))
  .add(command("logoutSession", "logout"))
  .prefix(basePath) {}
