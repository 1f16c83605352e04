import { Option, type Schema } from "effect"
import { api } from "../http/Operations.ts"

interface Endpoint {
  payloadSchema: Option.Option<Schema.Schema.Any>
}

/** Runs against endpoints that let fields pass which nobody declared, as HttpApi does by default. */
export const withoutStrictness = async <A>(run: () => Promise<A>): Promise<A> => {
  const groups = api.groups as unknown as Record<string, { endpoints: Record<string, Endpoint> }>
  const endpoints = Object.values(groups).flatMap(({ endpoints }) => Object.values(endpoints))
  const strict = endpoints.map(({ payloadSchema }) => payloadSchema)
  for (const endpoint of endpoints) {
    endpoint.payloadSchema = Option.map(endpoint.payloadSchema, (schema) =>
      schema.annotations({ parseOptions: { errors: "all", onExcessProperty: "ignore" } }),
    )
  }
  return run().finally(() =>
    endpoints.forEach((endpoint, index) => (endpoint.payloadSchema = strict[index]!)),
  )
}
