import { createHash } from "node:crypto"

export interface Hit {
  readonly form: string
  readonly token: string
}

interface Trace extends Hit {
  readonly needle: Buffer
}

/** Keys whose traces are looked for: as they are, re-coded, or hashed with nothing secret. */
export class Canaries {
  readonly tokens: ReadonlyArray<string>
  /** How many things are looked for. */
  readonly size: number
  /** By their first four bytes, so that one pass over a place finds all of them. */
  readonly #byBeginning = new Map<number, Array<Trace>>()

  constructor(tokens: ReadonlyArray<string>) {
    this.tokens = tokens
    const traces = tokens.flatMap((token) => [...tracesOf(token)])
    this.size = traces.length
    for (const trace of traces) {
      const beginning = trace.needle.readUInt32BE(0)
      const others = this.#byBeginning.get(beginning)
      if (others === undefined) this.#byBeginning.set(beginning, [trace])
      else others.push(trace)
    }
  }

  in(place: Buffer): ReadonlyArray<Hit> {
    const hits = new Set<Trace>()
    for (let at = 0; at + 4 <= place.length; at++)
      for (const trace of this.#byBeginning.get(place.readUInt32BE(at)) ?? [])
        if (place.subarray(at, at + trace.needle.length).equals(trace.needle)) hits.add(trace)
    return [...hits]
  }
}

export const secretOf = (token: string): string => token.split("_")[2]!

function* tracesOf(token: string): Generator<Trace> {
  for (const text of [token, secretOf(token)])
    for (const [form, needle] of forms(text)) yield { form, token, needle }
}

const hashes = ["md5", "sha1", "sha256", "sha512"]

/** Also the forms in which databases and logs print bytes. */
function* forms(text: string): Generator<readonly [string, Buffer]> {
  const bytes = Buffer.from(text)
  yield ["plain", bytes]
  yield ["reversed", Buffer.from([...text].toReversed().join(""))]
  yield ["utf16", Buffer.from(text, "utf16le")]
  yield* printed("coded", bytes)
  for (const name of hashes) {
    const digest = createHash(name).update(text).digest()
    yield [name, digest]
    yield* printed(name, digest)
  }
}

function* printed(name: string, bytes: Buffer): Generator<readonly [string, Buffer]> {
  yield [`${name}, hex`, Buffer.from(bytes.toString("hex"))]
  yield [`${name}, HEX`, Buffer.from(bytes.toString("hex").toUpperCase())]
  yield [`${name}, base64`, Buffer.from(bytes.toString("base64").replace(/=+$/, ""))]
  yield [`${name}, base64url`, Buffer.from(bytes.toString("base64url"))]
}
