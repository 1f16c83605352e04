import { idsIn } from "../../http/Estate.ts"
import type { Operation } from "../../http/Operations.ts"
import { type Ids, pathOf, unknownIds } from "../../http/Requests.ts"

/** What is wrong with it, and so what tells that it is to be refused. */
export type Kind =
  | "announcedSize"
  | "chunkedSize"
  | "contentType"
  | "credential"
  | "json"
  | "nesting"
  | "manyKeys"
  | "field"
  | "path"
  | "head"
  | "slowHead"
  | "slowBody"

/** A request that costs its sender little. */
export interface Bomb {
  readonly kind: Kind
  readonly name: string
  readonly head: string
  /** Sent piece by piece, for as long as the gateway listens. */
  readonly body: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** How many bytes of the body tell that it is to be refused. */
  readonly knowableAfter: number
  /** How long after its first bytes, in milliseconds, where it is time that tells. */
  readonly knowableIn?: number
  readonly answers: ReadonlyArray<number>
}

export interface Target {
  readonly key: string
  readonly ids: Ids
}

/** As the gateway is told, of how long a request may take to arrive. */
export const arrivalSeconds = 2

export const json = "content-type: application/json"

export const headOf = (
  operation: Operation,
  { ids, key }: Target,
  headers: ReadonlyArray<string>,
) => {
  const path = pathOf(operation, idsIn(operation, ids, unknownIds(operation, 1)))
  return headFor(`${operation.method} ${path}`, key, headers)
}

export const headFor = (line: string, key: string, headers: ReadonlyArray<string>) =>
  [`${line} HTTP/1.1`, "host: x", `authorization: Bearer ${key}`, ...headers, "", ""].join("\r\n")

/** Known by its head alone. */
export const headed = (
  kind: Kind,
  name: string,
  head: string,
  status: number | number[],
): Bomb => ({
  kind,
  name,
  head,
  body: () => [],
  knowableAfter: 0,
  answers: [status].flat(),
})

/** Known once it is all there. */
export const whole = (
  kind: Kind,
  name: string,
  operation: Operation,
  target: Target,
  content: string,
): Bomb => {
  const body = Buffer.from(content)
  const head = headOf(operation, target, [json, `content-length: ${body.length}`])
  return { kind, name, head, body: () => [body], knowableAfter: body.length, answers: [400] }
}
