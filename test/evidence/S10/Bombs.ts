import { gzipSync } from "node:zlib"
import { operations } from "../../http/Operations.ts"
import { type Bomb, headed, headFor, headOf, json, type Kind, type Target, whole } from "./Bomb.ts"
import { late } from "./Late.ts"
import { puzzles } from "./Puzzles.ts"

const limit = 1_048_576
const megabyte = Buffer.alloc(1_000_000, 0x20)

/** Bodies have so many megabytes. */
export const bombs = (target: Target, sizes: ReadonlyArray<number>): ReadonlyArray<Bomb> => [
  ...large(target, sizes),
  ...intricate(target),
  ...mistyped(target),
  ...heads(target),
  ...late(target),
  ...puzzles(target, megabyte),
]

const createSession = operations.find(({ name }) => name === "createSession")!

const large = (target: Target, sizes: ReadonlyArray<number>): ReadonlyArray<Bomb> => {
  const sized = sizes.flatMap((megabytes): ReadonlyArray<Bomb> => {
    const pieces = Array.from({ length: megabytes }, () => megabyte)
    const length = `content-length: ${megabytes * megabyte.length}`
    const announced = (kind: Kind, name: string, key: string, status: number) => ({
      ...headed(kind, name, headOf(createSession, { ...target, key }, [json, length]), status),
      body: () => pieces,
    })
    return [
      announced("announcedSize", `${megabytes} MB announced`, target.key, 413),
      announced("credential", `${megabytes} MB from nobody`, "wa_nobody", 401),
      chunked(target, `${megabytes} MB in chunks`, () => chunks(pieces), limit),
    ]
  })
  const last = [...chunks([Buffer.alloc(limit, 0x20), Buffer.from("x")])]
  const bytes = last[0]!.length + last[1]!.length
  return [
    ...sized,
    chunked(target, "chunks without end", () => chunks(endless()), limit),
    chunked(target, "one byte too much", () => last, bytes),
  ]
}

const chunked = (
  target: Target,
  name: string,
  body: Bomb["body"],
  knowableAfter: number,
): Bomb => ({
  kind: "chunkedSize",
  name,
  head: headOf(createSession, target, [json, "transfer-encoding: chunked"]),
  body,
  knowableAfter,
  answers: [413],
})

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

const keys = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"${index}":1`).join()}}`

const contents: ReadonlyArray<readonly [kind: Kind, name: string, content: string]> = [
  ["nesting", "200,000 arrays", "[".repeat(200_000)],
  ["nesting", "100,000 objects", '{"a":'.repeat(100_000)],
  ["manyKeys", "80,000 keys", keys(80_000)],
  ["manyKeys", "500,000 numbers", `{"label":[${"1,".repeat(500_000)}1]}`],
  ["field", "a text of 1 MB", JSON.stringify({ label: "x".repeat(1_000_000) })],
  ["field", "a text of escapes", `{"label":"${"\\u0041".repeat(150_000)}"}`],
  ["json", "a text of surrogates", `{"label":"${"\\ud800".repeat(150_000)}"}`],
  ["field", "a number of 1 MB", `{"ratePerMin":${"9".repeat(1_000_000)}}`],
  ["json", "a text that never ends", `{"label":"${"\\\\".repeat(250_000)}`],
  ["json", "1 MB of blanks", " ".repeat(1_000_000) + "x"],
  ["json", "blanks after every key", `{${'"a"'.padEnd(1000, " ").repeat(1000)}}`],
  ["json", "half an object", "{"],
  ["json", "half a word", "nul"],
  ["json", "a key twice", '{"label":"a","label":"b"}'],
]

/** Within the limit of bytes, and beyond every other. */
const intricate = (target: Target): ReadonlyArray<Bomb> => {
  const million = Buffer.from(keys(1_000_000))
  const head = headOf(createSession, target, [json, `content-length: ${million.length}`])
  return [
    { ...headed("manyKeys", "1,000,000 keys", head, 413), body: () => [million] },
    ...contents.map(([kind, name, content]) => whole(kind, name, createSession, target, content)),
  ]
}

const mistyped = (target: Target) => {
  const packed = gzipSync(Buffer.alloc(100_000_000))
  const compressed = ["gzip", "br", "deflate", "gzip, gzip"].map((encoding): Bomb => {
    const headers = [json, `content-encoding: ${encoding}`, `content-length: ${packed.length}`]
    const head = headOf(createSession, target, headers)
    const name = `100 MB in ${encoding}`
    return { ...headed("contentType", name, head, 415), body: () => [packed] }
  })
  const other = ["text/plain", "application/xml", "multipart/form-data; boundary=x"].map((type) => {
    const head = headOf(createSession, target, [`content-type: ${type}`, "content-length: 20"])
    return headed("contentType", `a body of ${type}`, head, 415)
  })
  return [...compressed, ...other]
}

const heads = ({ key }: Target) => {
  const look = "GET /api/v1/sessions"
  const many = (count: number) => `${look}?${"a=1&".repeat(count)}`
  const cases: ReadonlyArray<readonly [string, string, number | number[]]> = [
    ["a header of 100 kB", headFor(look, key, [`x-a: ${"a".repeat(1e5)}`]), 413],
    ["10,000 headers", headFor(look, key, Array(10_000).fill("a: b")), 413],
    ["10,000 parameters", headFor(many(10_000), key, []), 413],
    ["3,000 parameters", headFor(many(3000), key, []), [200, 400]],
    ["a path of 14 kB", headFor(`GET /${"a/".repeat(7000)}`, key, []), 404],
    ["a path of colons", headFor(`GET /api/v1/${":a".repeat(7000)}`, key, []), 404],
    ["a scheme of blanks", headFor(look, `${" ".repeat(12_000)}x y`, []), 401],
    ["a request id of 12 kB", headFor(look, key, [`x-request-id: ${"a:".repeat(6000)} `]), 200],
  ]
  return cases.map(([name, head, status]) => headed("head", name, head, status))
}
