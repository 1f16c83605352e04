import { Client } from "pg"

/** Where the process kills itself: at the so-and-so-manieth statement of a kind. */
export interface Breakage {
  readonly point?: Point
  readonly nth?: number
  /** The control: what was decrypted is stored in a second transaction. */
  readonly split?: boolean
}

export type Point = keyof typeof points

type Moment = "before" | "during" | "after"

interface Statement {
  readonly text: string
  readonly values: ReadonlyArray<unknown>
}

const lettersIn = ({ text, values }: Statement) =>
  text.includes("received AS") ? (values[5] as ReadonlyArray<unknown>).length : 0

const typesIn = ({ text, values }: Statement) =>
  text.includes("received AS") ? (values[2] as ReadonlyArray<string>) : []

const isDecryption = (statement: Statement) => lettersIn(statement) > 0
const isDistribution = (statement: Statement) =>
  lettersIn(statement) === 0 && typesIn(statement).includes("sender-key")
const isMessages = ({ text }: Statement) => text.includes("INSERT INTO messages")
const isEvents = ({ text }: Statement) => text.includes("INSERT INTO events")
const isTaking = ({ text }: Statement) => /UPDATE inbox\s+SET taken_at/.test(text)

let hasTaken = false
/** The commit of a transaction that took letters in. */
const isTaken = (statement: Statement) => {
  if (isTaking(statement)) hasTaken = true
  const isCommit = hasTaken && statement.text === "COMMIT"
  if (isCommit) hasTaken = false
  return isCommit
}

export const points = {
  "decrypted, not committed": [isDecryption, "before"],
  "committing the ratchet": [isDecryption, "during"],
  "committed, not receipted": [isDecryption, "after"],
  "before a sender key": [isDistribution, "before"],
  "after a sender key": [isDistribution, "after"],
  "before the messages": [isMessages, "before"],
  "after the messages": [isMessages, "after"],
  "after the events": [isEvents, "after"],
  "before the commit of rows": [isTaken, "before"],
  "after the commit of rows": [isTaken, "after"],
  "between the transactions": [isDecryption, "after"],
} as const satisfies Record<string, readonly [(statement: Statement) => boolean, Moment]>

const die = () => process.kill(process.pid, "SIGKILL")

type Query = (...args: ReadonlyArray<unknown>) => unknown

/** Listens to every statement that leaves the process. */
export const breakAt = ({ nth = 1, point, split = false }: Breakage) => {
  const query = Reflect.get(Client.prototype, "query") as Query
  const [isIt, moment] = point === undefined ? [() => false, undefined] : points[point]
  let seen = 0

  const watched = function (this: Client, ...args: ReadonlyArray<unknown>) {
    const statement = statementIn(args)
    if (split && isDecryption(statement))
      return inTwo(this, query, args, point, () => ++seen === nth)
    const isNow = isIt(statement) && ++seen === nth
    if (isNow && moment === "before") die()
    if (isNow && moment === "during") setImmediate(die)
    return Reflect.apply(query, this, isNow && moment === "after" ? dyingAfter(args) : args)
  }
  Object.assign(Client.prototype, { query: watched })
}

/** The keys alone, and then, if it lives so long, what was decrypted. */
const inTwo = (
  client: Client,
  query: Query,
  args: ReadonlyArray<unknown>,
  point: Point | undefined,
  isNow: () => boolean,
) => {
  const { text, values } = statementIn(args)
  const keys = [...values.slice(0, 5), [], [], ...values.slice(7)]
  const dies = point === "between the transactions" && isNow()
  Reflect.apply(query, client, [text, keys, () => (dies ? die() : undefined)])
  const letters = [...values.slice(0, 2), [], [], [], ...values.slice(5)]
  const [, , ...rest] = args
  return Reflect.apply(query, client, [text, letters, ...rest])
}

const statementIn = ([first, second]: ReadonlyArray<unknown>): Statement => {
  if (typeof first === "string") return { text: first, values: Array.isArray(second) ? second : [] }
  const { text = "", values = [] } = (first ?? {}) as Partial<Statement>
  return { text, values }
}

/** The answer is the last thing it learns. */
const dyingAfter = (args: ReadonlyArray<unknown>) =>
  args.map((arg) => (typeof arg === "function" ? die : arg))
