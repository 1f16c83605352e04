import type { HttpApiEndpoint } from "@effect/platform"
import { Option, type Schema, SchemaAST } from "effect"

const setters = { path: "setPath", query: "setUrlParams", body: "setPayload" } as const

/** The part of a request that an endpoint would not read strictly, and what declares it. */
export const lenientPart = ({
  pathSchema,
  payloadSchema,
  urlParamsSchema,
}: HttpApiEndpoint.HttpApiEndpoint.AnyWithProps) => {
  const parts = [
    ["path", pathSchema],
    ["query", urlParamsSchema],
    ["body", payloadSchema],
  ] as const
  const [part] = parts.find(([, schema]) => Option.exists(schema, isLenient)) ?? []
  return part && { part, setter: setters[part] }
}

const isLenient = ({ ast }: Schema.Schema.All) => {
  const options = SchemaAST.getAnnotation<SchemaAST.ParseOptions>(
    ast,
    SchemaAST.ParseOptionsAnnotationId,
  )
  return !Option.exists(
    options,
    ({ errors, onExcessProperty }) => errors === "all" && onExcessProperty === "error",
  )
}
