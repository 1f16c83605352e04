import { idsIn } from "../../http/Estate.ts"
import { operations } from "../../http/Operations.ts"
import { bodiesOf, fieldsOf, pathOf, unknownIds } from "../../http/Requests.ts"
import { type Bomb, headed, headFor, headOf, json, type Target, whole } from "./Bomb.ts"

/** Texts over which a careless pattern would never be done. */
const riddles = ["1", "1-", "12036@g.us", "a@", "-", "\u0661", "wa_", "628:1@"]

const writable = operations.filter(
  ({ bodySchema, requirement }) => bodySchema !== undefined && requirement !== "super_admin",
)

/** The same of every operation. */
export const puzzles = (target: Target, megabyte: Uint8Array): ReadonlyArray<Bomb> => [
  ...oversized(target, megabyte),
  ...fields(target),
  ...paths(target),
]

const oversized = (target: Target, megabyte: Uint8Array) =>
  writable.flatMap((operation): ReadonlyArray<Bomb> => {
    const length = (bytes: number) => `content-length: ${bytes}`
    const huge = headOf(operation, target, [json, length(2 * megabyte.length)])
    const packed = headOf(operation, target, [json, "content-encoding: gzip", length(20)])
    return [
      {
        ...headed("announcedSize", `${operation.name} with 2 MB`, huge, 413),
        body: () => [megabyte, megabyte],
      },
      headed("contentType", `${operation.name} compressed`, packed, 415),
    ]
  })

const fields = (target: Target) =>
  writable.flatMap((operation) =>
    fieldsOf(operation.bodySchema!).flatMap((field) =>
      riddles.slice(0, 3).map((riddle) => {
        const text = `${riddle.repeat(300_000 / riddle.length)}!`
        const body = { ...(bodiesOf(operation, 1)[0] as object), [field]: text }
        const name = `${operation.name} ${field} of ${riddle}`
        return whole("field", name, operation, target, JSON.stringify(body))
      }),
    ),
  )

const paths = (target: Target) =>
  operations
    .filter(({ ids, requirement }) => ids.length > 0 && requirement !== "super_admin")
    .flatMap((operation) =>
      operation.ids.flatMap((id) =>
        riddles.map((riddle) => {
          const text = encodeURIComponent(`${riddle.repeat(2000 / riddle.length)}!`)
          const known = idsIn(operation, target.ids, unknownIds(operation, 1))
          const path = pathOf(operation, { ...known, [id]: text })
          const head = headFor(`${operation.method} ${path}`, target.key, [])
          return headed("path", `${operation.name} ${id} of ${riddle}`, head, 400)
        }),
      ),
    )
