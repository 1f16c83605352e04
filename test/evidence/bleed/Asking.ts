import { randomUUID } from "node:crypto"
import type { Random } from "../Random.ts"
import type { Tally } from "../Tally.ts"
import { type Marked, marksIn } from "./Tenants.ts"

interface Question {
  readonly path: string
  readonly expected: number
  readonly isMarked: boolean
  readonly body?: string
}

/** What a tenant asks: for its own, and for what belongs to somebody else. */
const questions = (own: Marked, other: Marked): ReadonlyArray<Question> => [
  { path: "/sessions", expected: 200, isMarked: true },
  { path: `/sessions/${own.session}`, expected: 200, isMarked: true },
  { path: `/sessions/${own.session}/groups`, expected: 200, isMarked: true },
  { path: "/api-keys", expected: 200, isMarked: true },
  { path: `/sessions/${other.session}`, expected: 404, isMarked: false },
  { path: `/sessions/${other.session}/groups`, expected: 404, isMarked: false },
  {
    path: "/sessions",
    expected: 201,
    isMarked: true,
    body: JSON.stringify({ label: own.mark, start: false }),
  },
]

export interface Asking {
  readonly url: string
  readonly tenants: ReadonlyArray<Marked>
  readonly random: Random
  readonly tally: Tally
  /** How many ended how: by status, or `aborted`. */
  readonly endings: Record<string, number>
}

/** One request of one tenant, which may lose its patience before the answer. */
export const ask = async ({ endings, random, tally, tenants, url }: Asking) => {
  const [own, other] = [random.pick(tenants), random.pick(tenants)]
  const question = random.pick(questions(own, other === own ? tenants.at(random.below(3))! : other))
  const isOwn = own === other && question.expected === 404
  const id = `${own.mark}.${randomUUID()}`
  const patience = random.chance(0.15) ? random.below(40) : 30_000
  try {
    const answer = await fetch(`${url}/api/v1${question.path}`, {
      method: question.body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${own.key}`,
        "x-request-id": id,
        ...(question.body && { "content-type": "application/json" }),
      },
      signal: AbortSignal.timeout(patience),
      ...(question.body && { body: question.body }),
    })
    const text = await answer.text()
    endings[answer.status] = (endings[answer.status] ?? 0) + 1
    tally.tried(question.path.replace(/[0-9A-Z]{26}/, "…"), [
      ...foreign(own, text, [...answer.headers].join()),
      ...(answer.headers.get("x-request-id") === id ? [] : ["carries another request's id"]),
      ...(isOwn || [question.expected, 503].includes(answer.status)
        ? []
        : [`answers ${answer.status}`]),
      ...(answer.status < 300 && question.isMarked && marksIn(text).size === 0
        ? ["does not show the caller's own rows"]
        : []),
    ])
  } catch (failure) {
    endings["aborted"] = (endings["aborted"] ?? 0) + 1
    const isPatience = (failure as Error).name === "TimeoutError" && patience < 30_000
    tally.tried("aborted", isPatience ? [] : [`no answer: ${String(failure)}`])
  }
}

/** Marks of others, wherever they are. */
export const foreign = (own: Marked, ...texts: ReadonlyArray<string>) =>
  texts.flatMap((text) =>
    [...marksIn(text)].filter((mark) => mark !== own.mark).map(() => "shows another organization"),
  )
