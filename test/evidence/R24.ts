import { Effect, Logger, Schedule } from "effect"
import { eventually } from "../support/Gateway.ts"
import { api } from "../support/Http.ts"
import { onGateway } from "./Gateways.ts"
import { grown, levels } from "./leaks/Levels.ts"
import { bother } from "./leaks/Traffic.ts"
import { cached, libraryConnections, libraryListeners } from "./leaks/Watching.ts"
import { fleet, type Linked } from "./R11/Fleet.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

const sessions = 10

/** Connections to the database and timers of the runtime come and go meanwhile, a few at a time. */
const play = 3

/** What has been closed may take so long to be gone: idle connections to the database half a minute. */
const patience = Schedule.intersect(Schedule.spaced("250 millis"), Schedule.recurs(180))

/** Opens and closes sessions again and again; nothing of it must be left. */
const cycles = (rounds: number, meanwhile: () => () => void = () => () => {}): Promise<Outcome> => {
  let lines = 0
  const counting = Logger.replace(
    Logger.defaultLogger,
    Logger.make(() => void (lines += 1)),
  )
  return onGateway(
    Effect.gen(function* () {
      const tally = new Tally()
      const { owner, sessions: all } = yield* fleet(sessions, 0)
      const bring = (verb: "start" | "stop", status: string) =>
        Effect.forEach(
          all,
          ({ id }: Linked) =>
            Effect.zipRight(
              api(`/sessions/${id}:${verb}`, { as: owner.key, method: "POST" }),
              eventually(
                api(`/sessions/${id}`, { as: owner.key }),
                ({ body }) => body.status === status,
              ),
            ),
          { concurrency: sessions, discard: true },
        )
      const used = () => ({
        cached: cached(),
        libraryListeners: libraryListeners(),
        libraryConnections: libraryConnections(),
      })
      let inUse = used()
      const use = Effect.forEach(all, bother, { concurrency: sessions, discard: true })
      const cycle = bring("start", "working").pipe(
        Effect.zipRight(use),
        Effect.zipRight(Effect.sync(() => (inUse = used()))),
        Effect.zipRight(bring("stop", "stopped")),
      )
      yield* bring("stop", "stopped")
      yield* cycle
      // After a first login the library keeps a timer for half a minute.
      yield* Effect.sleep("31 seconds")
      const before = yield* levels

      const restore = meanwhile()
      yield* Effect.repeatN(cycle, rounds - 1)
      restore()

      const left = yield* levels.pipe(
        Effect.map((after) => grown(before, after, play)),
        Effect.repeat({ until: (left) => left.length === 0, schedule: patience }),
        Effect.zipRight(Effect.map(levels, (after) => grown(before, after, play))),
      )
      for (let nth = 0; nth < rounds * sessions; nth += 1) tally.tried("a session")
      for (const one of left) tally.failed(one)
      for (const [kind, count] of Object.entries(inUse))
        if (count === 0) tally.failed(`${kind}: none in use`)
      const said = lines
      yield* Effect.sleep("3 seconds")
      if (lines > said) tally.failed(`${lines - said} lines were logged after the last close`)
      const after = yield* levels
      const figures = Object.keys({ ...before, ...after }).map((kind) => [
        kind,
        `${before[kind] ?? 0}→${after[kind] ?? 0}`,
      ])
      return tally.outcome({ ...Object.fromEntries(figures), inUse: JSON.stringify(inUse) })
    }).pipe(Effect.provide(counting)),
  )
}

const run = ({ form }: Trial) => cycles(form === "full" ? 100 : 20)

/** With a timer for each connection that nobody ends. */
const control = () =>
  cycles(1, () => {
    const { clearInterval } = globalThis
    const started: Array<unknown> = []
    Object.assign(globalThis, { clearInterval: (timer: unknown) => void started.push(timer) })
    return () => Object.assign(globalThis, { clearInterval })
  })

export const R24: Row = {
  promise:
    "of a session that was closed nothing is left: no timer, listener, entry or line; half a minute after a first login, before which the library keeps a timer",
  run,
  control,
}
