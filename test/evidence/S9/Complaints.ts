import { OpenApi } from "@effect/platform"
import { Either, Schema } from "effect"
import { statusOf } from "../../../src/domain/Failure.ts"
import type { Document } from "../../../src/http/Document.ts"
import { api, type Operation, operations } from "../../http/Operations.ts"
import type { Reply } from "../Wire.ts"
import type { Plan } from "./Plan.ts"

const document = OpenApi.fromApi(api as never) as unknown as Document

/** Answers of the edge, given before or instead of an operation's own. */
const Envelope = Schema.Struct({
  error: Schema.Struct({
    code: Schema.Literal(...(Object.keys(statusOf) as Array<keyof typeof statusOf>)),
    message: Schema.String,
    details: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
  }),
})

const gateways = new Set([501, 502, 503, 504])

/** Everything about an answer that the contract does not allow. */
export const complaintsOf = (plan: Plan, reply: Reply): ReadonlyArray<string> => [
  ...ofStatus(plan, reply),
  ...ofBody(plan, reply),
  ...ofHeaders(plan, reply),
]

const ofStatus = ({ fits, misses, operation, sent }: Plan, { status, text }: Reply) => {
  const isAdmin = operation.requirement === "super_admin"
  // WhatsApp's own no to what fits, such as a dead invite, is a 400 in other words.
  const isUpstream = status === 400 && !text.includes("the request is not valid")
  return [
    ...(status >= 500 && !gateways.has(status) ? [`answers ${status}`] : []),
    ...(fits && !isAdmin && !isUpstream && [400, 401, 405, 413, 415].includes(status)
      ? [`a fitting request is refused with ${status}`]
      : []),
    ...(misses && !isAdmin && ![400, 413, 415].includes(status)
      ? [`a request that does not fit is answered ${status}`]
      : []),
    ...(isAdmin && status < 400 && sent.method === operation.method ? ["lets a key in"] : []),
  ]
}

const ofBody = ({ operation: planned, sent }: Plan, reply: Reply) => {
  const operation = answering(planned, sent.method)
  const { status, text } = reply
  if (sent.method === "HEAD" || status === 204)
    return text === "" ? [] : ["a body that must not be"]
  const body = parsed(text)
  if (body === undefined) return [`${status} without JSON: ${text.slice(0, 40)}`]
  if (status < 400 && isDocumented(sent.method, operation.path, status)) {
    const schema = operation.answers.get(status)
    return schema === undefined ? [] : misfit(schema, body, status)
  }
  const wrong = misfit(Envelope, body, status)
  if (wrong.length > 0 || sent.method !== operation.method) return wrong
  const { code } = (body as typeof Envelope.Type).error
  const own = operation.answers.get(status)
  return [
    ...(statusOf[code] === status ? [] : [`${status} says ${code}`]),
    ...(own === undefined || isOfTheEdge(body) ? [] : misfit(own, body, status)),
    ...(isDocumented(sent.method, operation.path, status) || isElsewhere(status, body)
      ? []
      : [`${status} is not documented`]),
  ]
}

/** Another method may be another operation on the same path. */
const answering = (planned: Operation, method: string) =>
  operations.find((other) => other.path === planned.path && other.method === method) ?? planned

/** What the edge says in the same words of every route. */
const isOfTheEdge = (body: unknown) =>
  (body as typeof Envelope.Type).error.message === "route not found"

/** A path so strange that it is no longer the operation's. */
const isElsewhere = (status: number, body: unknown) =>
  (status === 404 && isOfTheEdge(body)) || status === 405 || status === 413

const isDocumented = (method: string, path: string, status: number) => {
  const described = document.paths[path.replace(/\/:(\w+)/g, "/{$1}")]
  return described?.[method.toLowerCase()]?.responses[status] !== undefined
}

const misfit = (schema: Schema.Schema.All, body: unknown, status: number) => {
  const strict = { onExcessProperty: "error" } as const
  const read = Schema.decodeUnknownEither(schema as Schema.Schema<unknown>, strict)(body)
  return Either.isRight(read) ? [] : [`${status} is off its schema`]
}

const ofHeaders = ({ sent }: Plan, { headers, status }: Reply) => {
  const hasBody = status !== 204 && sent.method !== "HEAD"
  const type = headers["content-type"]
  return [
    ...(headers["cache-control"] === "no-store" ? [] : ["may be cached"]),
    ...(headers["x-content-type-options"] === "nosniff" ? [] : ["may be sniffed"]),
    // JSON is UTF-8: the type takes no charset.
    ...(hasBody && type !== "application/json" ? [`comes as ${type}`] : []),
    ...(status === 405 && !allows(headers.allow, sent.method) ? ["405 without Allow"] : []),
    ...(status === 401 && headers["www-authenticate"] === undefined
      ? ["401 without a way in"]
      : []),
    ...([429, 503].includes(status) && headers["retry-after"] === undefined
      ? [`${status} without Retry-After`]
      : []),
    ...(headers["x-request-id"] === sent.headers["x-request-id"] ? [] : ["loses the request id"]),
  ]
}

const allows = (allow: string | undefined, method: string) =>
  allow !== undefined && allow !== "" && !allow.split(", ").includes(method)

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** How many of the documented answers came up. */
export const covered = (seen: ReadonlySet<string>) => {
  const all = operations.flatMap(({ answers, name }) => [...answers.keys()].map((status) => `${name} ${status}`)) // prettier-ignore
  return `${all.filter((one) => seen.has(one)).length} of ${all.length}`
}
