/** Requests made from what an operation declares: ones that fit, and ones that miss by one thing. */
import { Arbitrary, Either, FastCheck, Schema } from "effect"
import { ulid } from "ulid"
import { type Operation, takes } from "./Operations.ts"

export type Ids = Readonly<Record<string, string>>

type Fields = Readonly<Record<string, unknown>>

/** What an operation must not do in a test: a session that starts would ask WhatsApp for a code. */
const tamed: Readonly<Record<string, Fields>> = { createSession: { start: false } }

/** `/sessions/:session` → `/sessions/01J9…`; the ids are written as they are. */
export const pathOf = ({ path }: Operation, ids: Ids) =>
  path.replace(/\/:(\w+)/g, (_, name: string) => `/${ids[name]!}`)

/** `{ session: "sessions", gid: "groups" }`: the collection that each id of the path lies in. */
export const collectionsOf = ({ path }: Operation): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...path.matchAll(/\/([\w-]+)\/:(\w+)/g)].map(([, collection, id]) => [id!, collection!]),
  )

/** Where ids are addresses of WhatsApp: a live operation may be asked of anybody there. */
const addresses = new Set(["members", "contacts"])

/** Whether what the id names must be found before the operation goes on. */
export const looksFor = (operation: Operation, id: string): boolean =>
  !operation.answers.has(501) || !addresses.has(collectionsOf(operation)[id]!)

/** Ids that are well-formed and name nothing. */
export const unknownIds = (operation: Operation, seed: number): Ids => {
  if (operation.pathSchema === undefined) return {}
  const [ids] = encodedSamples(operation.pathSchema, seed, 1) as ReadonlyArray<Ids>
  return { ...ids, ...("session" in ids! ? { session: ulid() } : {}) }
}

/** Bodies that the operation takes; undefined where it reads none. */
export const bodiesOf = (operation: Operation, seed: number, count = 1): ReadonlyArray<unknown> => {
  if (operation.bodySchema === undefined) return Array.from({ length: count }, () => undefined)
  return encodedSamples(operation.bodySchema, seed, count).map((body) => ({
    ...(body as Fields),
    ...tamed[operation.name],
  }))
}

/** The query of a fitting request, `?` included. */
export const queryOf = ({ querySchema }: Operation, seed: number) => {
  if (querySchema === undefined) return ""
  const [query] = encodedSamples(querySchema, seed, 1) as ReadonlyArray<Record<string, string>>
  const given = Object.entries(query!).filter(([, value]) => value !== undefined)
  return `?${new URLSearchParams(Object.fromEntries(given))}`
}

const encodedSamples = (
  schema: Schema.Schema<unknown, unknown>,
  seed: number,
  count: number,
): ReadonlyArray<unknown> =>
  FastCheck.sample(fitting(schema), { seed, numRuns: count }).map((value) =>
    Schema.encodeUnknownSync(schema)(value),
  )

const known = new WeakMap<object, FastCheck.Arbitrary<unknown>>()

/** Not everything that a schema takes in can be written down again: that it can is asked first. */
const fitting = (schema: Schema.Schema<unknown, unknown>): FastCheck.Arbitrary<unknown> => {
  const found = known.get(schema)
  if (found !== undefined) return found
  const encode = Schema.encodeUnknownEither(schema)
  const made = Arbitrary.make(schema).filter((value) => Either.isRight(encode(value)))
  known.set(schema, made)
  return made
}

/** A request that misses by one field; the answer must name the field. */
export interface Miss {
  readonly field: string
  readonly body: unknown
}

const strangers: ReadonlyArray<unknown> = [null, { no: 1 }, [["no"]], 0.5, "☃", true, -1, ""]

/** Every field of the body with every value that it does not take, and a field that nobody declared. */
export const misses = (operation: Operation, fitting: unknown): ReadonlyArray<Miss> => {
  const schema = operation.bodySchema
  if (schema === undefined) return []
  const whole = [null, [], "text", 1].map((body) => ({ field: "", body }))
  const undeclared = { field: "undeclared", body: { ...(fitting as Fields), undeclared: 1 } }
  const wrong = fieldsOf(schema).flatMap((field) =>
    strangers.map((value) => ({ field, body: { ...(fitting as Fields), [field]: value } })),
  )
  return [undeclared, ...[...whole, ...wrong].filter(({ body }) => !takes(schema, body))]
}

const strangeHeaders = ["", "two words", "x".repeat(300), "\u00e9"]

/** Every header that the operation declares with values that it does not take, and those that it does. */
export const headersOf = ({ headersSchema }: Operation) =>
  headersSchema === undefined
    ? []
    : fieldsOf(headersSchema).map((name) => ({
        name,
        taken: strangeHeaders.filter((value) => takes(headersSchema, { [name]: value })),
        missing: strangeHeaders.filter((value) => !takes(headersSchema, { [name]: value })),
      }))

/** The names of the fields that a body may have, over all of its shapes. */
export const fieldsOf = (schema: Schema.Schema.All): ReadonlyArray<string> => {
  const ast = Schema.encodedSchema(schema as Schema.Schema<unknown, unknown>).ast
  const shapes = ast._tag === "Union" ? ast.types : [ast]
  const names = shapes.flatMap((shape) =>
    shape._tag === "TypeLiteral" ? shape.propertySignatures.map(({ name }) => String(name)) : [],
  )
  return [...new Set(names)]
}
