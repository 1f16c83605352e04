import { malformed } from "./Refusal.ts"

const maxDepth = 32
const maxItems = 10_000

interface Container {
  /** The keys of an object so far; undefined in an array. */
  readonly keys: Set<string> | undefined
  key: string | number
}

/**
 * JSON as the contract accepts it: every key once, nested and numbered within reason, text that is
 * Unicode and that PostgreSQL can hold. An empty body reads as `{}`.
 *
 * Throws `Refusal`. The rules are checked before `JSON.parse`, which would forget duplicates and
 * would follow any nesting.
 */
export const parseJsonBody = (body: string): unknown => {
  if (body.trim() === "") return {}
  check(body)
  try {
    return JSON.parse(body)
  } catch {
    throw malformed("well-formed JSON")
  }
}

const check = (body: string) => {
  const open: Array<Container> = []
  const escapes = escapesOf(body)
  let items = 0
  for (let at = 0; at < body.length; at += 1) {
    const char = body.charCodeAt(at)
    if (char === quote) {
      const end = closingQuote(body, at)
      const inside = open.at(-1)
      const isKey = inside?.keys !== undefined && followedByColon(body, end)
      if (isKey) enterKey(inside, textOf(body, at, end), pathOf(open.slice(0, -1)))
      if (escapes.in(at, end)) refuseBadText(textOf(body, at, end), pathOf(open))
      at = end
    } else if (char === brace || char === bracket) {
      open.push(char === brace ? { keys: new Set(), key: "" } : { keys: undefined, key: 0 })
      if (open.length > maxDepth) throw malformed(`at most ${maxDepth} levels of nesting`)
    } else if (char === closingBrace || char === closingBracket) open.pop()
    else if (char === comma) {
      if ((items += 1) >= maxItems) throw malformed(`at most ${maxItems} fields and items`)
      nextItem(open.at(-1))
    }
  }
}

const [quote, comma, brace, closingBrace, bracket, closingBracket] = [0x22, 0x2c, 0x7b, 0x7d, 0x5b, 0x5d] // prettier-ignore

/** Looks for the next escape only once the last one is passed: texts are many, and long. */
const escapesOf = (body: string) => {
  let next = -1
  return {
    in: (start: number, end: number) => {
      if (next < start && next !== none) next = found(body.indexOf("\\u", start))
      return next < end
    },
  }
}

const none = Number.POSITIVE_INFINITY
const found = (at: number) => (at === -1 ? none : at)

const nextItem = (inside: Container | undefined) => {
  if (typeof inside?.key === "number") inside.key += 1
}

const enterKey = (inside: Container, key: string, path: string) => {
  inside.key = key
  if (inside.keys!.has(key)) throw malformed("each field once", join(path, key))
  inside.keys!.add(key)
}

const closingQuote = (body: string, start: number) => {
  let at = start + 1
  while (at < body.length && body[at] !== '"') at += body[at] === "\\" ? 2 : 1
  if (at >= body.length) throw malformed("well-formed JSON")
  return at
}

const followedByColon = (body: string, end: number) => {
  let at = end + 1
  while (at < body.length && " \t\r\n".includes(body[at]!)) at += 1
  return body[at] === ":"
}

const textOf = (body: string, start: number, end: number): string => {
  try {
    return JSON.parse(body.slice(start, end + 1)) as string
  } catch {
    throw malformed("well-formed JSON")
  }
}

// Asked of texts with an escape only: the body was valid UTF-8, and JSON has no bare control characters.
const refuseBadText = (text: string, path: string) => {
  if (text.includes("\0")) throw malformed("text without NUL characters", path)
  if (/\p{Surrogate}/u.test(text)) throw malformed("text of whole Unicode characters", path)
}

const pathOf = (open: ReadonlyArray<Container>) => open.map(({ key }) => key).join(".")

const join = (path: string, key: string) => (path === "" ? key : `${path}.${key}`)
