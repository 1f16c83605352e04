import type { Requirement } from "../domain/Capability.ts"
import { statusOf } from "../domain/Failure.ts"
import { documentedPath } from "./Actions.ts"
import { exampleOf, type JsonSchema } from "./Example.ts"

interface Media {
  readonly schema: JsonSchema
  example?: unknown
}

interface Response {
  readonly description: string
  readonly content?: Record<string, Media>
  headers?: Record<string, unknown>
}

interface Operation {
  operationId: string
  summary?: string
  description?: string
  security?: ReadonlyArray<unknown>
  readonly requestBody?: { required: boolean; readonly content: Record<string, Media> }
  readonly parameters: Array<{ readonly schema: JsonSchema; example?: unknown }>
  responses: Record<string, Response>
  readonly "x-capability"?: Requirement
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
  readonly components: {
    readonly schemas: Record<string, JsonSchema>
    readonly securitySchemes: Record<string, unknown>
  }
  security: ReadonlyArray<unknown>
}

/** What OpenApi can not know of the edge, said once for every operation of every plugin. */
export const complete = (document: Document) => {
  Object.assign(document.components.schemas, edgeSchemas)
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      describe(operation)
      answer(operation)
      exemplify(operation, document.components.schemas)
    }
  }
  return secured(withActions(document))
}

const describe = (operation: Operation) => {
  const capability = operation["x-capability"]
  // OpenApi writes `security: []` on each operation, which would switch the credential off.
  if (operation.security?.length === 0) delete operation.security
  operation.operationId = operation.operationId.split(".").at(-1)!
  operation.summary ??= inWords(operation.operationId)
  operation.description = [operation.description, `Needs the capability \`${capability}\`.`]
    .filter((sentence) => sentence !== undefined)
    .join(" ")
  // An empty body reads as `{}`.
  if (operation.requestBody !== undefined) operation.requestBody.required = requires(operation)
}

const requires = ({ requestBody }: Operation) =>
  Object.values(requestBody!.content).some(({ schema }) => schema.required?.length !== 0)

/** `listGroupMembers` → "List group members". */
const inWords = (name: string) => {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2")
  return (
    words[0]!.toUpperCase() +
    words
      .slice(1)
      .toLowerCase()
      .replace(/\bqr\b/, "QR code")
  )
}

const answer = (operation: Operation) => {
  const edge = operation.requestBody === undefined ? always : [...withBody, ...always]
  for (const name of edge) operation.responses[statusOf[codeOf[name]]] ??= edgeResponse(name)
  for (const [status, response] of Object.entries(operation.responses)) {
    response.headers = { "x-request-id": requestId, ...headersOf[status] }
  }
}

const codeOf = {
  InternalError: "internal_error",
  PayloadTooLarge: "payload_too_large",
  Unavailable: "unavailable",
  UnsupportedMediaType: "unsupported_media_type",
} as const
type EdgeFailure = keyof typeof codeOf

const always: ReadonlyArray<EdgeFailure> = ["InternalError", "Unavailable"]
const withBody: ReadonlyArray<EdgeFailure> = ["PayloadTooLarge", "UnsupportedMediaType"]

const meaning: Readonly<Record<EdgeFailure, string>> = {
  InternalError: "an unexpected failure",
  PayloadTooLarge: "the request body is too large",
  Unavailable: "the database is away, or the gateway is shutting down",
  UnsupportedMediaType: "the request body must be application/json",
}

const edgeResponse = (name: EdgeFailure): Response => ({
  description: meaning[name],
  content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
})

const edgeSchemas: Record<string, JsonSchema> = Object.fromEntries(
  Object.entries(codeOf).map(([name, code]) => [
    name,
    {
      type: "object",
      required: ["error"],
      description: meaning[name as EdgeFailure],
      properties: {
        error: {
          type: "object",
          required: ["code", "message", "details"],
          properties: {
            code: { type: "string", enum: [code] },
            message: { type: "string", examples: [meaning[name as EdgeFailure]] },
            details: { type: "object" },
          },
        },
      },
    },
  ]),
)

const header = (description: string) => ({ description, schema: { type: "string" } })
const requestId = header("Names the request in the logs: the caller's own, or a new one.")
const authenticate = { "www-authenticate": header("How to authenticate, by RFC 6750.") }
const retryAfter = { "retry-after": header("Seconds to wait before the next attempt.") }
const headersOf: Readonly<Record<string, Record<string, unknown>>> = {
  401: authenticate,
  403: authenticate,
  429: retryAfter,
  503: retryAfter,
}

const exemplify = (operation: Operation, schemas: Readonly<Record<string, JsonSchema>>) => {
  const bodies = [operation.requestBody, ...Object.values(operation.responses)]
  for (const media of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
    media.example ??= exampleOf(media.schema, schemas)
  }
  for (const parameter of operation.parameters) {
    parameter.example ??= exampleOf(parameter.schema, schemas)
  }
}

const withActions = (document: Document) => {
  document.paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, operations]) => [documentedPath(path), operations]),
  )
  return document
}

const secured = (document: Document) => {
  document.components.securitySchemes["apiKey"] = {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "An API key (`wa_…`).",
  }
  document.security = [...document.security, { apiKey: [] }]
  return document
}
