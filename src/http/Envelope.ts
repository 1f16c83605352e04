import { HttpApiError, HttpApiSchema } from "@effect/platform"
import { ParseResult, Schema } from "effect"
import { type Code, type FailureSpec, statusOf } from "../domain/Failure.ts"

/** The body of every answer that is not 2xx. */
export const envelope = (code: Code, message: string, details: object = {}) => ({
  error: { code, message, details },
})

/** The failures of an endpoint, as the envelopes that its callers see: `.addError(failures(…))`. */
export const failures = <const Classes extends ReadonlyArray<AnyFailureClass>>(
  ...classes: Classes
): Schema.Schema<InstanceType<Classes[number]>, unknown> =>
  Schema.Union(...classes.map(inEnvelope)) as never

interface AnyFailureClass extends Schema.Schema.Any {
  new (props: never): object
  readonly spec: FailureSpec<Schema.Struct.Fields>
  readonly _tag: string
}

const known = new WeakMap<AnyFailureClass, Schema.Schema.All>()

/** One schema per class: HttpApi tells failures apart by schema identity. */
const inEnvelope = (failure: AnyFailureClass) => {
  const found = known.get(failure)
  if (found !== undefined) return found
  const made = makeEnvelope(failure)
  known.set(failure, made)
  return made
}

const makeEnvelope = (failure: AnyFailureClass) => {
  const { code, message, details } = failure.spec
  const status = statusOf[code]
  const wire = Schema.Struct({
    error: Schema.Struct({
      code: Schema.Literal(code),
      message: Schema.Literal(message),
      details: detailsOf(status < 500 ? details : { ...details, requestId }),
    }),
  })
  return Schema.transform(wire, Schema.typeSchema(failure), {
    strict: false,
    decode: ({ error }) => new failure(error.details as never),
    encode: (instance: Record<string, unknown>) =>
      envelope(code, message, pick(instance, Object.keys(details))),
  }).annotations({
    identifier: failure._tag,
    description: message,
    ...HttpApiSchema.annotations({ status }),
  })
}

/** OpenApi would let a struct without fields be an array as well. */
const detailsOf = (fields: Schema.Struct.Fields) =>
  Object.keys(fields).length > 0
    ? Schema.Struct(fields)
    : Schema.Struct({}).annotations({ jsonSchema: { type: "object" } })

/** Added to every 5xx on its way out, so that a caller can be found in the logs. */
const requestId = Schema.optional(Schema.String)

const pick = (from: Record<string, unknown>, keys: ReadonlyArray<string>) =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]))

const OffendingField = Schema.Struct({
  path: Schema.String,
  expected: Schema.String,
})

/**
 * What HttpApi raises when a path, a query or a body does not fit, as `validation_error`. Names each
 * field and what was expected; the value itself is never repeated, it may be a secret.
 */
export const ValidationEnvelope = Schema.transformOrFail(
  Schema.Struct({
    error: Schema.Struct({
      code: Schema.Literal("validation_error"),
      message: Schema.String,
      details: Schema.Struct({ fields: Schema.Array(OffendingField) }),
    }),
  }),
  Schema.typeSchema(HttpApiError.HttpApiDecodeError),
  {
    strict: true,
    decode: ({ error }) =>
      ParseResult.succeed(
        new HttpApiError.HttpApiDecodeError({
          message: error.message,
          issues: error.details.fields.map(({ expected, path }) => ({
            _tag: "Type" as const,
            path: path.split("."),
            message: expected,
          })),
        }),
      ),
    encode: ({ issues }) =>
      ParseResult.succeed({
        error: {
          code: "validation_error" as const,
          message: "the request is not valid",
          details: { fields: offending(issues) },
        },
      }),
  },
).annotations({
  identifier: "ValidationError",
  description: "the request is not valid",
  ...HttpApiSchema.annotations({ status: statusOf.validation_error }),
})

const offending = (issues: HttpApiError.HttpApiDecodeError["issues"]) => {
  const byPath = new Map<string, Set<string>>()
  for (const { _tag, message, path } of issues) {
    const key = path.map(String).join(".")
    const said = byPath.get(key) ?? new Set()
    byPath.set(key, said.add(expectation(_tag, message)))
  }
  return [...byPath].map(([path, said]) => ({ path, expected: [...said].join(" or ") }))
}

/** "Expected a session id, actual 12" → "a session id". */
const expectation = (tag: string, message: string) => {
  if (tag === "Missing") return "a value"
  if (tag === "Unexpected") return "no such field"
  return message.split(", actual ")[0]!.replace(/^Expected /, "")
}
