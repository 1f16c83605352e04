import { gzipSync } from "node:zlib"
import { idsIn } from "../../http/Estate.ts"
import { type Operation, operations } from "../../http/Operations.ts"
import { bodiesOf, fieldsOf, type Ids, pathOf, unknownIds } from "../../http/Requests.ts"

/** A request that costs its sender little. */
export interface Bomb {
  readonly name: string
  readonly head: string
  /** Sent piece by piece, for as long as the gateway listens. */
  readonly body: () => Iterable<Uint8Array>
  /** How many bytes of the body tell that it is to be refused. */
  readonly knowableAfter: number
  readonly answers: ReadonlyArray<number>
}

interface Target {
  readonly key: string
  readonly ids: Ids
}

const limit = 1_048_576
const megabyte = Buffer.alloc(1_000_000, 0x20)

export const bombs = (target: Target): ReadonlyArray<Bomb> => [
  ...large(target),
  ...intricate(target),
  ...compressed(target),
  ...heads(target),
  ...puzzles(target),
]

const writable = operations.filter(
  ({ bodySchema, requirement }) => bodySchema !== undefined && requirement !== "super_admin",
)
const createSession = operations.find(({ name }) => name === "createSession")!

const headOf = (operation: Operation, { ids, key }: Target, headers: ReadonlyArray<string>) => {
  const path = pathOf(operation, idsIn(operation, ids, unknownIds(operation, 1)))
  return headFor(`${operation.method} ${path}`, key, headers)
}

const headFor = (line: string, key: string, headers: ReadonlyArray<string>) =>
  [`${line} HTTP/1.1`, "host: x", `authorization: Bearer ${key}`, ...headers, "", ""].join("\r\n")

const json = "content-type: application/json"

const large = (target: Target) =>
  [2, 10, 50].flatMap((megabytes) => {
    const pieces = Array.from({ length: megabytes }, () => megabyte)
    const length = `content-length: ${megabytes * megabyte.length}`
    const nobody = { ...target, key: "wa_nobody" }
    const announced = (caller: Target) => headOf(createSession, caller, [json, length])
    return [
      bomb(`${megabytes} MB announced`, announced(target), () => pieces, 0, [413]),
      bomb(`${megabytes} MB from nobody`, announced(nobody), () => pieces, 0, [401]),
      bomb(`${megabytes} MB in chunks`, chunkedHead(target), () => chunks(pieces), limit, [413]),
    ]
  })

const chunkedHead = (target: Target) =>
  headOf(createSession, target, [json, "transfer-encoding: chunked"])

function* chunks(pieces: Iterable<Uint8Array>) {
  for (const piece of pieces) {
    yield Buffer.concat([
      Buffer.from(`${piece.length.toString(16)}\r\n`),
      piece,
      Buffer.from("\r\n"),
    ])
  }
}

function* endless() {
  for (;;) yield megabyte
}

/** Within the limit of bytes, and beyond every other. */
const intricate = (target: Target) => {
  const keys = (count: number) =>
    `{${Array.from({ length: count }, (_, index) => `"${index}":1`).join()}}`
  const contents: ReadonlyArray<readonly [string, string, number]> = [
    ["100,000 arrays", "[".repeat(100_000), 400],
    ["100,000 objects", '{"a":'.repeat(100_000), 400],
    ["1,000,000 keys", keys(1_000_000), 413],
    ["80,000 keys", keys(80_000), 400],
    ["500,000 numbers", `{"label":[${"1,".repeat(500_000)}1]}`, 400],
    ["a text of 1 MB", JSON.stringify({ label: "x".repeat(1_000_000) }), 400],
    ["a text of escapes", `{"label":"${"\\u0041".repeat(150_000)}"}`, 400],
    ["a text of surrogates", `{"label":"${"\\ud800".repeat(150_000)}"}`, 400],
    ["a number of 1 MB", `{"ratePerMin":${"9".repeat(1_000_000)}}`, 400],
    ["a text that never ends", `{"label":"${"\\\\".repeat(250_000)}`, 400],
    ["1 MB of blanks", " ".repeat(1_000_000) + "x", 400],
    ["blanks after every key", `{${'"a"'.padEnd(1000, " ").repeat(1000)}}`, 400],
  ]
  return [
    bomb("chunks without end", chunkedHead(target), () => chunks(endless()), limit, [413]),
    ...contents.map(([name, content, status]) =>
      whole(target, createSession, name, content, status),
    ),
  ]
}

const whole = (
  target: Target,
  operation: Operation,
  name: string,
  content: string,
  status: number,
) => {
  const body = Buffer.from(content)
  const head = headOf(operation, target, [json, `content-length: ${body.length}`])
  return bomb(name, head, () => [body], status === 413 ? 0 : body.length, [status])
}

const compressed = (target: Target) => {
  const packed = gzipSync(Buffer.alloc(100_000_000))
  return ["gzip", "br", "deflate", "gzip, gzip"].map((encoding) => {
    const headers = [json, `content-encoding: ${encoding}`, `content-length: ${packed.length}`]
    return bomb(
      `100 MB in ${encoding}`,
      headOf(createSession, target, headers),
      () => [packed],
      0,
      [415],
    )
  })
}

const heads = ({ key }: Target) => {
  const look = (query: string) => `GET /api/v1/sessions${query}`
  const many = (count: number) => `?${"a=1&".repeat(count)}`
  return [
    bomb(
      "a header of 100 kB",
      headFor(look(""), key, [`x-a: ${"a".repeat(1e5)}`]),
      nothing,
      0,
      [413],
    ),
    bomb("10,000 headers", headFor(look(""), key, Array(10_000).fill("a: b")), nothing, 0, [413]),
    bomb("10,000 parameters", headFor(look(many(10_000)), key, []), nothing, 0, [413]),
    bomb("3,000 parameters", headFor(look(many(3000)), key, []), nothing, 0, [200, 400]),
    bomb("a path of 14 kB", headFor(`GET /${"a/".repeat(7000)}`, key, []), nothing, 0, [404]),
    bomb(
      "a path of colons",
      headFor(`GET /api/v1/${":a".repeat(7000)}`, key, []),
      nothing,
      0,
      [404],
    ),
    bomb(
      "a scheme of blanks",
      headFor(look(""), `${" ".repeat(12_000)}x y`, []),
      nothing,
      0,
      [401],
    ),
    bomb(
      "a request id of 12 kB",
      headFor(look(""), key, [`x-request-id: ${"a:".repeat(6000)} `]),
      nothing,
      0,
      [200],
    ),
  ]
}

/** Texts over which a careless pattern would never be done. */
const riddles = ["1", "1-", "12036@g.us", "a@", "-", "\u0661", "wa_", "628:1@"]

const puzzles = (target: Target) => [
  ...writable.flatMap((operation) => {
    const length = (bytes: number) => `content-length: ${bytes}`
    const huge = headOf(operation, target, [json, length(2 * megabyte.length)])
    const packed = headOf(operation, target, [json, "content-encoding: gzip", length(20)])
    const body = () => [megabyte, megabyte]
    return [
      bomb(`${operation.name} with 2 MB`, huge, body, 0, [413]),
      bomb(`${operation.name} compressed`, packed, nothing, 0, [415]),
    ]
  }),
  ...writable.flatMap((operation) =>
    fieldsOf(operation.bodySchema!).flatMap((field) =>
      riddles.slice(0, 3).map((riddle) => {
        const text = `${riddle.repeat(300_000 / riddle.length)}!`
        const body = { ...(bodiesOf(operation, 1)[0] as object), [field]: text }
        const name = `${operation.name} ${field} of ${riddle}`
        return whole(target, operation, name, JSON.stringify(body), 400)
      }),
    ),
  ),
  ...operations
    .filter(({ ids, requirement }) => ids.length > 0 && requirement !== "super_admin")
    .flatMap((operation) =>
      operation.ids.flatMap((id) =>
        riddles.map((riddle) => {
          const text = encodeURIComponent(`${riddle.repeat(2000 / riddle.length)}!`)
          const known = idsIn(operation, target.ids, unknownIds(operation, 1))
          const path = pathOf(operation, { ...known, [id]: text })
          const head = headFor(`${operation.method} ${path}`, target.key, [])
          return bomb(`${operation.name} ${id} of ${riddle}`, head, nothing, 0, [400])
        }),
      ),
    ),
]

const nothing = () => []

const bomb = (
  name: string,
  head: string,
  body: () => Iterable<Uint8Array>,
  knowableAfter: number,
  answers: ReadonlyArray<number>,
): Bomb => ({ name, head, body, knowableAfter, answers })
