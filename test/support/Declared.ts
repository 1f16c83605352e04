/** Which failures the api declares for each operation: the source of tests that must not forget one. */
import { HttpApi } from "@effect/platform"
import { SchemaAST } from "effect"
import { plugins } from "../../plugins/index.ts"
import { compose } from "../../src/Gateway.ts"

/** The names of the failures, by the name of the plugin's operation. */
export const declaredBy = (name: string): ReadonlyMap<string, ReadonlyArray<string>> => {
  const { api, endpoints } = compose(plugins)
  const ours = new Set(endpoints.flatMap((one) => (one.plugin === name ? [one.name] : [])))
  const found = new Map<string, ReadonlyArray<string>>()
  HttpApi.reflect(api as never, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      const { errorSchema, name } = endpoint as unknown as {
        readonly name: string
        readonly errorSchema: { readonly ast: SchemaAST.AST }
      }
      if (ours.has(name)) found.set(name, namesIn(errorSchema.ast))
    },
  })
  return found
}

const namesIn = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  const named = ast.annotations[SchemaAST.IdentifierAnnotationId]
  if (typeof named === "string") return [named]
  return ast._tag === "Union" ? ast.types.flatMap(namesIn) : []
}
