import { Effect } from "effect"
import { SystemSql } from "../../layers/Postgres.ts"
import { type Estate, estate, idsIn } from "../http/Estate.ts"
import { type Operation, operations } from "../http/Operations.ts"
import {
  bodiesOf,
  collectionsOf,
  fieldsOf,
  type Ids,
  looksFor,
  pathOf,
  queryOf,
  unknownIds,
} from "../http/Requests.ts"
import { keyOf } from "../support/Gateway.ts"
import { type Answer, send } from "../support/Http.ts"
import { onGateway } from "./Gateways.ts"
import { Random } from "./Random.ts"
import type { Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** One request that reaches for what is not the caller's, beside one that reaches for nothing. */
interface Reach {
  readonly operation: Operation
  readonly id: string
  readonly label: string
  readonly ids: Ids
  readonly nothing: Ids
}

const reachable = operations.filter(({ requirement }) => requirement !== "super_admin")

const trial = (isWalled: boolean) => (trial: Trial) =>
  onGateway(
    Effect.gen(function* () {
      const [alice, bob] = yield* Effect.all([estate(), estate()])
      const key = isWalled ? bob.key : yield* keyOfBobWithin(alice, bob)
      const tally = new Tally()
      const gaps: Array<number> = []
      const rounds = isWalled ? (trial.form === "full" ? 40 : 3) : 1
      for (let round = 0; round < rounds; round += 1) {
        const random = new Random(trial.seed + round)
        for (const reach of reaches(alice, bob, random.below(1e9))) {
          const asked = yield* compare(reach, key, random.chance(0.5))
          gaps.push(asked.gapMillis)
          tally.tried(reach.label, complaints(reach, asked, alice))
        }
      }
      yield* lists(alice, key, tally)
      yield* filters(alice, bob, key, tally)
      return tally.outcome({ ...timing(gaps, tally), operations: reachable.length })
    }),
  )

/** The control: a key whose organization the database gets wrong, as if nobody had asked whose it is. */
const keyOfBobWithin = Effect.fnUntraced(function* (alice: Estate, bob: Estate) {
  const key = yield* keyOf(bob.organization, ["read", "send", "manage"])
  const system = yield* SystemSql
  yield* system`UPDATE api_keys SET organization_id = ${alice.organization.id}
    WHERE organization_id = ${bob.organization.id}`
  return key
})

const reaches = (alice: Estate, bob: Estate, seed: number): ReadonlyArray<Reach> =>
  reachable.flatMap((operation) => {
    const unknown = unknownIds(operation, seed)
    const own = idsIn(operation, bob.ids, unknown)
    return operation.ids.flatMap((id) => {
      const foreign = [
        ["foreign", idsIn(operation, alice.ids, unknown)[id]!],
        ...(id === "session" ? [["removed", bob.removed]] : besides(operation, id, bob)),
      ]
      return foreign.map(([kind, value]) => ({
        operation,
        id,
        label: `${operation.name} ${id} ${kind}`,
        ids: { ...own, [id]: value! },
        nothing: { ...own, [id]: unknown[id]! },
      }))
    })
  })

/** The caller's own, but of another session than the path names. */
const besides = (operation: Operation, id: string, { beside }: Estate) => {
  const known = beside[collectionsOf(operation)[id]!]
  return operation.ids.length > 1 && known !== undefined ? [["nested", known]] : []
}

interface Compared {
  readonly reached: Answer
  readonly nothing: Answer
  readonly gapMillis: number
}

const compare = Effect.fnUntraced(function* (reach: Reach, key: string, isFirst: boolean) {
  const order = isFirst ? [reach.ids, reach.nothing] : [reach.nothing, reach.ids]
  const timed = yield* Effect.forEach(order, (ids) => ask(reach.operation, ids, key))
  const [reached, nothing] = isFirst ? [timed[0]!, timed[1]!] : [timed[1]!, timed[0]!]
  const gapMillis = reached.millis - nothing.millis
  return { reached: reached.answer, nothing: nothing.answer, gapMillis } satisfies Compared
})

const ask = Effect.fnUntraced(function* (operation: Operation, ids: Ids, as: string) {
  const [json] = bodiesOf(operation, 1)
  const path = pathOf(operation, ids) + queryOf(operation, 1)
  const started = performance.now()
  const answer = yield* send(path, {
    as,
    method: operation.method,
    headers: { "x-request-id": "asked" },
    ...(json === undefined ? {} : { json }),
  })
  return { answer, millis: performance.now() - started }
})

const complaints = ({ id, operation }: Reach, { nothing, reached }: Compared, alice: Estate) => [
  ...(looksFor(operation, id) && reached.status !== 404 ? [`answers ${reached.status}`] : []),
  ...(visible(reached) === visible(nothing) ? [] : ["differs from what is not there"]),
  ...leaks(reached, alice),
]

const leaks = ({ text }: Answer, alice: Estate) =>
  [alice.canary, alice.organization.id, ...Object.values(alice.ids)].some((own) =>
    text.includes(own),
  )
    ? ["tells of the other organization"]
    : []

const visible = ({ headers, status, text }: Answer) => {
  const told = [...headers].filter(([name]) => name !== "date")
  return JSON.stringify([status, text, told])
}

const lists = Effect.fnUntraced(function* (alice: Estate, as: string, tally: Tally) {
  for (const { method, name, path } of reachable) {
    if (method !== "GET" || path.includes(":")) continue
    tally.tried(name, leaks(yield* send(path, { as }), alice))
  }
})

const unknownGroup = "120363999999999999@g.us"

/** What is listed of the caller's own session, by a group that is another's, nobody's, and its own. */
const filters = Effect.fnUntraced(function* (alice: Estate, bob: Estate, as: string, tally: Tally) {
  for (const operation of reachable) {
    const { method, name, querySchema } = operation
    if (method !== "GET" || querySchema === undefined) continue
    if (!fieldsOf(querySchema).includes("group")) continue
    const path = pathOf(operation, idsIn(operation, bob.ids, {}))
    const by = (group: string) =>
      send(`${path}?group=${group}`, { as, headers: { "x-request-id": "asked" } })
    const [foreign, nobodys] = [yield* by(alice.ids["groups"]!), yield* by(unknownGroup)]
    const own = yield* by(bob.ids["groups"]!)
    tally.tried(`${name} by group`, [
      ...(visible(foreign) === visible(nobodys) ? [] : ["differs from what is not there"]),
      ...(own.text.includes(bob.canary) ? [] : ["does not show the caller's own"]),
      ...leaks(foreign, alice),
    ])
  }
})

/** By the sign of each paired gap: whether reaching takes longer, or shorter, than chance allows. */
const timing = (gaps: ReadonlyArray<number>, tally: Tally) => {
  const sorted = [...gaps].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)]! * 1000)
  const z = (gaps.filter((gap) => gap > 0).length - gaps.length / 2) / Math.sqrt(gaps.length / 4)
  const figures = {
    medianGapMicros: at(0.5),
    quartileGapMicros: `${at(0.25)} to ${at(0.75)}`,
    signZ: Math.round(z * 100) / 100,
  }
  if (Math.abs(z) > 4 && Math.abs(figures.medianGapMicros) > 50) {
    tally.failed(`the time tells: ${JSON.stringify(figures)}`)
  }
  return figures
}

export const S1: Row = {
  promise: "what another organization owns is the same as what does not exist",
  run: trial(true),
  control: trial(false),
}
