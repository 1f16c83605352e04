/** JSON Schema, as far as OpenApi writes it. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: ReadonlyArray<unknown>
  readonly examples?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema | false
  readonly minimum?: number
  readonly description?: string
  readonly [other: string]: unknown
}

/**
 * A value that fits a schema and reads well: its own example where a noun gives one, otherwise put
 * together from the examples of its parts.
 */
export const exampleOf = (
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
): unknown => {
  const known = schema.examples?.[0] ?? schema.const ?? schema.enum?.[0] ?? told(schema)
  if (known !== undefined) return known
  const inner = schema.anyOf?.[0] ?? schema.allOf?.[0] ?? referred(schema, schemas)
  if (inner !== undefined) return exampleOf(inner, schemas)
  return ofType(schema, schemas)
}

/** Nouns with a format tell it by an example: "a session id, e.g. 01J9…". */
const told = ({ description, type }: JsonSchema) =>
  type === "string" ? /, e\.g\. (\S+)$/.exec(description ?? "")?.[1] : undefined

const referred = ({ $ref }: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>) =>
  $ref === undefined ? undefined : schemas[decodeURIComponent($ref.split("/").at(-1)!)]

const ofType = (
  { items, minimum, properties = {}, type }: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
) => {
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [name, exampleOf(schema, schemas)]),
      )
    case "array":
      return items ? [exampleOf(items, schemas)] : []
    case "integer":
    case "number":
      return minimum ?? 1
    case "boolean":
      return false
    case "null":
      return null
    default:
      return "text"
  }
}
