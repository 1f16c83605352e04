import { send } from "../support/Http.ts"
import { type Operation, operations } from "./Operations.ts"
import { bodiesOf, type Ids, pathOf, queryOf, unknownIds } from "./Requests.ts"

export const seed = 1

/** For `describe.each`. */
export const named = (all: ReadonlyArray<Operation>) =>
  all.map((operation) => [operation.name, operation] as const)

/** Those that a key can be let in to. */
export const open = operations.filter(({ requirement }) => requirement !== "super_admin")

export interface Asked {
  readonly as?: string
  readonly ids?: Ids
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that fits in everything that is not asked to be otherwise. */
export const ask = (operation: Operation, asked: Asked) => {
  const { headers, ids, json = bodiesOf(operation, seed)[0], ...rest } = asked
  const path = pathOf(operation, ids ?? unknownIds(operation, seed)) + queryOf(operation, seed)
  const body = json === undefined ? {} : { json }
  const method = { method: operation.method }
  return send(path, {
    ...method,
    headers: { "x-request-id": "asked", ...headers },
    ...rest,
    ...body,
  })
}
