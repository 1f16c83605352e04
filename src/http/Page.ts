import { ParseResult, Schema } from "effect"
import { createHash } from "node:crypto"

/** `nextCursor` is `""` at the end. */
export const List = <S extends Schema.Schema.Any>(item: S) =>
  Schema.Struct({
    data: Schema.Array(item),
    nextCursor: Schema.String.annotations({ examples: [""] }),
  })

/** A whole set in one page. */
export const onePage = <A>(data: ReadonlyArray<A>) => ({ data, nextCursor: "" })

const standard = 50
const most = 200

const Limit = Schema.transform(
  Schema.String.pipe(
    Schema.pattern(/^\d{1,9}$/, {
      description: "a number of items, 0 for the default of 50, at most 200",
      jsonSchema: { type: "integer", minimum: 0, default: standard, maximum: 999_999_999 },
      examples: ["50"],
    }),
  ),
  Schema.Int,
  {
    strict: true,
    decode: (digits) => Math.min(Number(digits) || standard, most),
    encode: String,
  },
)

/**
 * The fields of a paged list's query. Rows are numbered in the order they are listed and never
 * renumbered, so a page stays where it was while rows come and go around it.
 */
export const pageFields = (list: string) => ({
  limit: Schema.optionalWith(Limit, { exact: true }),
  cursor: Schema.optionalWith(cursorOf(list), { exact: true }),
})

interface PageQuery {
  readonly limit?: number
  readonly cursor?: number
}

/** Which row a page comes after, 0 at the beginning, and how many rows it has; null is all of them. */
export type PageAsked = readonly [after: number, limit: number | null]

/** The whole list when no limit is given. */
export const pageAsked = ({ cursor = 0, limit }: PageQuery): PageAsked => [cursor, limit ?? null]

/** For lists that are too long to be given whole. */
export const pageAlways = ({ cursor = 0, limit = standard }: PageQuery): PageAsked => [
  cursor,
  limit,
]

/**
 * Opaque, with a checksum: neither a mistyped cursor nor one of another list passes for a position. It
 * is no secret, and need not be: whoever works one out chooses where a page of their own rows begins.
 */
const cursorOf = (list: string) =>
  Schema.transformOrFail(
    Schema.String.annotations({
      description: "the `nextCursor` of the page before",
      examples: [cursorAt(list, 512)],
    }),
    Schema.Int,
    {
      strict: true,
      decode: (text, _, ast) => {
        const position = Number(Buffer.from(text, "base64url").toString().split("~")[0])
        return Number.isSafeInteger(position) && cursorAt(list, position) === text
          ? ParseResult.succeed(position)
          : ParseResult.fail(new ParseResult.Type(ast, text, "the `nextCursor` of the page before"))
      },
      encode: (position) => ParseResult.succeed(cursorAt(list, position)),
    },
  )

export const cursorAt = (list: string, position: number) => {
  const checksum = createHash("sha256")
    .update(`${list}~${position}`)
    .digest("base64url")
    .slice(0, 8)
  return Buffer.from(`${position}~${checksum}`).toString("base64url")
}

/** The same, written by PostgreSQL; `position` is SQL. */
export const cursorText = (list: string, position: string) => {
  const checksum = base64url(`sha256(convert_to('${list}~' || ${position}, 'UTF8'))`)
  return base64url(`convert_to(${position} || '~' || left(${checksum}, 8), 'UTF8')`)
}

const base64url = (bytes: string) => `translate(encode(${bytes}, 'base64'), '+/=', '-_')`
