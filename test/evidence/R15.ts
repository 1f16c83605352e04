import { Effect, Redacted } from "effect"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import { preloading } from "./Preloading.ts"
import { withClient, withFolder } from "./PrivateServer.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { type Obstacle, type Stopped, stopUnderLoad } from "./stop/Round.ts"
import { Tally } from "./Tally.ts"

/** The control: a gateway that ends where it stands. */
const abrupt = preloading('process.on("SIGTERM", () => process.exit(0))')

/** What is stored, asked once the gateway is gone. */
const labelsIn = (folder: string): Promise<ReadonlySet<string>> =>
  EmbeddedPostgres.start(folder).pipe(
    Effect.flatMap(({ url }) =>
      Effect.promise(() =>
        withClient(Redacted.value(url), async (client) => {
          const { rows } = await client.query<{ label: string }>("SELECT label FROM sessions")
          return new Set(rows.map(({ label }) => label))
        }),
      ),
    ),
    Effect.scoped,
    Effect.runPromise,
  )

const judge = (
  stopped: Stopped,
  labels: ReadonlySet<string>,
  obstacle: Obstacle | undefined,
  tally: Tally,
) => {
  const { asked, databaseGone, exitCode, exitMillis, signalled, stillOpen, waiters } = stopped
  // Whoever can not be answered is cut off, or refused once the database has kept them for too long.
  const mayBeCutOff = obstacle === "Never"
  tally.tried("exit", [
    ...(exitCode === (obstacle === "Lingering" ? 1 : 0) ? [] : [`ended with ${exitCode}`]),
    ...(exitMillis <= 10_000 ? [] : [`took ${Math.round(exitMillis)} ms`]),
    ...(databaseGone ? [] : ["left its database behind"]),
    ...(stillOpen === 0 ? [] : [`left ${stillOpen} connections open`]),
    ...(waiters.includes(true) ? ["answered what never is"] : []),
  ])
  for (const { ended, error, label, retryAfter, started, status } of asked) {
    const when = started < signalled ? "in flight" : "after the signal"
    const wasThere = started < signalled && ended > signalled
    tally.tried(when, [
      ...(error !== undefined && started < signalled && !mayBeCutOff
        ? [`no answer: ${error}`]
        : []),
      ...(status === undefined || [200, 201, 503].includes(status) ? [] : [`answered ${status}`]),
      ...(status === 503 && !retryAfter ? ["503 without Retry-After"] : []),
      ...(status === 503 && wasThere && ended - signalled > 100 && !mayBeCutOff
        ? ["let in, then refused"]
        : []),
      ...(label !== undefined && status === 201 && !labels.has(label) ? ["lost"] : []),
      ...(label !== undefined && status !== 201 && labels.has(label) ? ["done, but not told"] : []),
    ])
  }
}

/** What is in the way of each round's end, if anything. */
const rounds = (unhindered: number): ReadonlyArray<Obstacle | undefined> => [
  ...Array.from({ length: unhindered }, () => undefined),
  "Never",
  "Lingering",
]

const trial =
  (nodeOptions: string, roundsOf: (form: Trial["form"]) => ReadonlyArray<Obstacle | undefined>) =>
  ({ form, seed }: Trial): Promise<Outcome> =>
    withFolder(async (folder) => {
      const tally = new Tally()
      const random = new Random(seed)
      let key: string | undefined
      const [exits, figures] = [[] as Array<number>, { answered: 0, refused: 0, cutOff: 0 }]
      for (const obstacle of roundsOf(form)) {
        const outcome = await stopUnderLoad({ folder, key, random, nodeOptions, obstacle })
        key = outcome.key
        judge(outcome.stopped, await labelsIn(folder), obstacle, tally)
        exits.push(Math.round(outcome.stopped.exitMillis))
        for (const { ended, error, status } of outcome.stopped.asked) {
          if (ended < outcome.stopped.signalled) continue
          if (status === 503 || error === "ECONNREFUSED") figures.refused += 1
          else figures[error === undefined ? "answered" : "cutOff"] += 1
        }
      }
      return tally.outcome({
        rounds: exits.length,
        longestExitMillis: Math.max(...exits),
        ...figures,
      })
    })

export const R15: Row = {
  promise: "told to end, the gateway answers whom it let in, and leaves nothing behind",
  run: trial("", (form) => rounds(form === "full" ? 98 : 1)),
  control: trial(abrupt, () => [undefined]),
}
