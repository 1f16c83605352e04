import { type Estate, idsIn } from "../../http/Estate.ts"
import { type Operation, operations, takes } from "../../http/Operations.ts"
import { bodiesOf, type Ids, misses, pathOf, queryOf, unknownIds } from "../../http/Requests.ts"
import type { Random } from "../Random.ts"
import type { Sent } from "../Wire.ts"

/** A request, and what is known of the answer before it is sent. */
export interface Plan {
  readonly operation: Operation
  readonly sent: Sent
  /** Fits what the operation declares and names what is there: it must not be called malformed. */
  readonly fits: boolean
  /** Misses what the operation declares: nothing but a refusal will do. */
  readonly misses: boolean
}

export interface Callers {
  readonly key: string
  /** May do nothing at all. */
  readonly powerless: string
  readonly estates: ReadonlyArray<Estate["ids"]>
}

/** What earlier answers made, for later requests to use. */
export interface Made {
  readonly sessions: Array<string>
  readonly "api-keys": Array<string>
}

const ask = ["PUT", "OPTIONS", "HEAD", "TRACE", "PATCH", "DELETE", "POST", "GET", "PROPFIND"]

const strangeIds = [
  "%00",
  "%ff%fe",
  "..",
  "%2e%2e%2f",
  "a%20b",
  "'%20OR%201=1--",
  "%F0%9F%98%80",
  "x".repeat(5000),
  "%7B%7D",
  "$start",
  ":start",
  "__proto__",
  "constructor",
  "-1",
  "0",
  "%E2%80%AE",
]

const strangeQueries = ["?", "?a=b", "?limit=-1", "?limit=1e9", "?cursor=forged", "?limit=%00", "?x=".padEnd(3000, "y"), "?%ff", "?limit=1&limit=2", "?__proto__[x]=1"] // prettier-ignore

const strangeBodies = [
  "{",
  "nul",
  "[]",
  '"text"',
  '{"a":1,"a":2}',
  '{"\\u0000":1}',
  '{"label":"\\ud800"}',
  '{"label":"\\u0000"}',
  "[".repeat(2000),
  '{"__proto__":{"x":1}}',
  "1e999",
  "{}{}",
  `{"label":"${"x".repeat(200_000)}"}`,
]

const types = [
  "text/plain",
  "application/xml",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json-patch+json",
]

/** One request: mostly right, wrong in one or a few ways otherwise. */
export const plan = (random: Random, callers: Callers, made: Made): Plan => {
  const operation = random.pick(operations)
  const path = pathOfPlan(operation, random, callers, made)
  const query = random.chance(0.1)
    ? random.pick(strangeQueries)
    : queryOf(operation, seedOf(random))
  const body = bodyOfPlan(operation, random)
  const credential = credentialOf(random, callers)
  const isOdd = random.chance(0.05)
  const method = isOdd ? random.pick(ask) : operation.method
  const isRight = credential.isGood && !isOdd
  return {
    operation,
    sent: {
      method,
      target: path.target + query,
      headers: {
        "x-request-id": `fuzz-${random.below(1e9)}`,
        ...credential.headers,
        ...body.headers,
      },
      ...(body.content === undefined ? {} : { body: body.content }),
    },
    fits: isRight && path.fits && body.fits && !strangeQueries.includes(query),
    misses: isRight && body.misses && path.fits,
  }
}

const seedOf = (random: Random) => random.below(0x7fffffff)

const pathOfPlan = (operation: Operation, random: Random, { estates }: Callers, made: Made) => {
  const unknown = unknownIds(operation, seedOf(random))
  const isRemoval = operation.method === "DELETE" && operation.ids.length === 1
  const own = isRemoval ? madeIds(made, random) : random.pick(estates)
  const ids = random.chance(0.2) ? unknown : idsIn(operation, own, unknown)
  if (operation.ids.length === 0 || random.chance(0.85)) {
    return { target: pathOf(operation, escaped(ids)), fits: true }
  }
  const strange = { ...escaped(ids), [random.pick(operation.ids)]: random.pick(strangeIds) }
  return { target: pathOf(operation, strange), fits: false }
}

const escaped = (ids: Ids): Ids =>
  Object.fromEntries(Object.entries(ids).map(([id, value]) => [id, encodeURIComponent(value)]))

const madeIds = (made: Made, random: Random): Ids =>
  Object.fromEntries(
    Object.entries(made).flatMap(([collection, ids]) =>
      ids.length === 0 ? [] : [[collection, random.pick(ids as ReadonlyArray<string>)]],
    ),
  )

interface Body {
  readonly content?: string
  readonly headers: Readonly<Record<string, string>>
  readonly fits: boolean
  readonly misses: boolean
}

const json = { "content-type": "application/json" }

const bodyOfPlan = (operation: Operation, random: Random): Body => {
  const [fitting] = bodiesOf(operation, seedOf(random))
  if (operation.bodySchema === undefined) return { headers: {}, fits: true, misses: false }
  const content = JSON.stringify(fitting)
  if (random.chance(0.5)) return { content, headers: json, fits: true, misses: false }
  if (random.chance(0.5)) {
    const missing = JSON.stringify(random.pick(misses(operation, fitting)).body)
    return { content: missing, headers: json, fits: false, misses: true }
  }
  if (random.chance(0.3)) {
    return { content, headers: { "content-type": random.pick(types) }, fits: false, misses: true }
  }
  if (random.chance(0.2)) {
    const headers = { ...json, "content-encoding": random.pick(["gzip", "br", "x-unknown"]) }
    return { content, headers, fits: false, misses: true }
  }
  const strange = random.pick(strangeBodies)
  return { content: strange, headers: json, fits: false, misses: !isTaken(operation, strange) }
}

const isTaken = ({ bodySchema }: Operation, content: string) => {
  try {
    return takes(bodySchema!, JSON.parse(content))
  } catch {
    return false
  }
}

const credentialOf = (random: Random, { key, powerless }: Callers) => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  if (random.chance(0.8)) {
    const headers: Record<string, string> = random.chance(0.5) ? bearer(key) : { "x-api-key": key }
    return { headers, isGood: true }
  }
  const bad = [{}, bearer("wa_nonsense"), bearer(powerless), bearer("a.b.c"), { authorization: "Basic eDp5" }, { "x-api-key": "" }] // prettier-ignore
  return { headers: random.pick<Record<string, string>>(bad), isGood: false }
}
