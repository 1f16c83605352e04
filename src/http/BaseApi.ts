import { HttpApi, OpenApi } from "@effect/platform"
import { Schema, type Types } from "effect"
import { SessionId } from "../domain/Session.ts"
import { Authorization } from "./Authorization.ts"
import { complete, type Document } from "./Document.ts"
import { ValidationEnvelope } from "./Envelope.ts"

export const basePath = "/api/v1"

const withEnvelope = () => {
  const api = HttpApi.make("gateway")
  // HttpApi always carries HttpApiDecodeError: its encoding is replaced, its type stays.
  const mutable = api as Types.Mutable<typeof api>
  mutable.errorSchema = ValidationEnvelope as unknown as typeof api.errorSchema
  return api
}

/**
 * Where every api in the process starts, core and plugin. One id for all: handlers written against a
 * plugin's own api then satisfy the composed one without a cast.
 */
export const baseApi = withEnvelope()
  .middleware(Authorization)
  .annotateContext(
    OpenApi.annotations({
      title: "WhatsApp Gateway",
      description: "Stored reads and live actions on the WhatsApp numbers of your organization.",
      version: "1",
      transform: (document) => complete(document as unknown as Document) as never,
    }),
  )

/** Every wrong field at once, and none that nobody declared: a typo never passes silently. */
export const strict = <S extends Schema.Schema.Any>(schema: S): S =>
  schema.annotations({ parseOptions: { errors: "all", onExcessProperty: "error" } }) as S

/** The same of headers, where everybody on the way may add some. */
export const thorough = <S extends Schema.Schema.Any>(schema: S): S =>
  schema.annotations({ parseOptions: { errors: "all" } }) as S

export const SessionPath = strict(Schema.Struct({ session: SessionId }))
