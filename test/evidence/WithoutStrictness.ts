import { Option, Schema } from "effect"
import { strict } from "../../src/http/BaseApi.ts"
import { api } from "../http/Operations.ts"

interface Endpoint {
  payloadSchema: Option.Option<Schema.Schema.Any>
}

/** Runs against endpoints that let fields pass which nobody declared, as HttpApi does by default. */
export const withoutStrictness = async <A>(run: () => Promise<A>): Promise<A> => {
  const groups = api.groups as unknown as Record<string, { endpoints: Record<string, Endpoint> }>
  const endpoints = Object.values(groups).flatMap(({ endpoints }) => Object.values(endpoints))
  const before = endpoints.map(({ payloadSchema }) => payloadSchema)
  for (const endpoint of endpoints)
    endpoint.payloadSchema = Option.map(endpoint.payloadSchema, lenientInside)
  return run().finally(() =>
    endpoints.forEach((endpoint, index) => (endpoint.payloadSchema = before[index]!)),
  )
}

/** Strict to look at, or the gateway would not start. */
const lenientInside = (schema: Schema.Schema.Any) => {
  const lenient = schema.annotations({
    parseOptions: { errors: "all", onExcessProperty: "ignore" },
  })
  return strict((lenient as Schema.Schema<unknown>).pipe(Schema.filter(() => true)))
}
