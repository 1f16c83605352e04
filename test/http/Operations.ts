/** Every endpoint of the gateway, as its own declaration describes it: tests made of these cover new ones by themselves. */
import { HttpApi, type HttpApiEndpoint } from "@effect/platform"
import { Either, Option, Schema, type SchemaAST } from "effect"
import { plugins } from "../../plugins/index.ts"
import { compose } from "../../src/Gateway.ts"
import type { Requirement } from "../../src/domain/Capability.ts"
import { documentedPath } from "../../src/http/Actions.ts"
import { Required } from "../../src/http/Requirement.ts"
import { Context } from "effect"

type AnySchema = Schema.Schema<unknown, unknown>

export interface Operation {
  readonly name: string
  readonly method: string
  /** As callers write it: `/api/v1/sessions/:session/groups/:gid`. */
  readonly path: string
  readonly requirement: Requirement
  /** The ids in its path, in order: `["session", "gid"]`. */
  readonly ids: ReadonlyArray<string>
  readonly pathSchema: AnySchema | undefined
  readonly querySchema: AnySchema | undefined
  /** Of the headers that are its own, as Prefer is. */
  readonly headersSchema: AnySchema | undefined
  readonly bodySchema: AnySchema | undefined
  /** What it may answer, by status; without a schema the body is empty. */
  readonly answers: ReadonlyMap<number, AnySchema | undefined>
}

export const { api, endpoints } = compose(plugins)

type Answers = ReadonlyMap<number, { readonly ast: Option.Option<SchemaAST.AST> }>

const reflected = () => {
  const found: Array<Operation> = []
  HttpApi.reflect(api as never, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, mergedAnnotations, successes }) => {
      const { bodySchema, ...described } = describe(endpoint as never)
      found.push({
        ...described,
        ...(endpoint.method === "GET" || endpoint.method === "DELETE"
          ? { bodySchema: undefined, querySchema: described.querySchema ?? bodySchema }
          : { bodySchema }),
        requirement: Context.get(mergedAnnotations as Context.Context<Required>, Required)!,
        answers: new Map([...schemasOf(errors), ...schemasOf(successes)]),
      })
    },
  })
  return found
}

const describe = (endpoint: HttpApiEndpoint.HttpApiEndpoint.AnyWithProps) => ({
  name: endpoint.name,
  method: endpoint.method,
  path: documentedPath(endpoint.path),
  ids: [...endpoint.path.matchAll(/\/:(\w+)/g)].map(([, id]) => id!),
  pathSchema: optional(endpoint.pathSchema),
  querySchema: optional(endpoint.urlParamsSchema),
  headersSchema: optional(endpoint.headersSchema),
  bodySchema: optional(endpoint.payloadSchema),
})

const optional = (schema: Option.Option<Schema.Schema.All>) =>
  Option.getOrUndefined(schema) as AnySchema | undefined

const schemasOf = (answers: Answers) =>
  [...answers].map(
    ([status, { ast }]) =>
      [
        status,
        Option.getOrUndefined(Option.map(ast, (ast) => Schema.make(ast) as AnySchema)),
      ] as const,
  )

export const operations: ReadonlyArray<Operation> = reflected()

/** Whether the schema takes the value, as it travels, with the schema's own strictness. */
export const takes = (schema: AnySchema, value: unknown): boolean =>
  Either.isRight(Schema.decodeUnknownEither(schema)(value))
