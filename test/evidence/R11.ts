import { Array, Effect } from "effect"
import { whatsAppWith, type WhatsAppOptions } from "../../layers/WhatsApp.ts"
import { afterClose } from "../../layers/sessions/Reconnect.ts"
import { eventually, type Tenant, WhatsApp } from "../support/Gateway.ts"
import { api } from "../support/Http.ts"
import { mainWith, onGateway } from "./Gateways.ts"
import { Random } from "./Random.ts"
import {
  arrival,
  credentials,
  fleet,
  type Linked,
  peakOf,
  see,
  watchArrivals,
} from "./R11/Fleet.ts"
import { type Fault, faults, inflict, isEndOf } from "./R11/Faults.ts"
import { lost, receipts, write } from "./R11/Mail.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** Connections a second that WhatsApp may see at most. */
const rateLimit = 20

/** One fault, its end, and back to work where it takes a person; answers how many messages were lost. */
const suffer = Effect.fn(function* (owner: Tenant, fault: Fault, one: Linked, tally: Tally) {
  const whatsapp = yield* WhatsApp
  const { person } = one
  const [device] = person.companions.values()
  const link = device!.link
  const before = person.companions.size
  const post = (when: string) => Effect.promise(() => write(whatsapp, one, `${when} ${fault}`))
  const first = yield* post("before")
  yield* eventually(
    Effect.sync(() => receipts(device!)),
    (ids) => ids.includes(first),
  )
  const written = [first, yield* post("right before")]
  yield* Effect.promise(() => inflict(whatsapp, fault, one))
  written.push(yield* post("during"))
  const isThere = isEndOf(fault, () => device!.link !== link)
  const seen = yield* arrival(owner, one, isThere)
  const found = seen === undefined ? yield* see(owner, one) : undefined
  const expected = fault === "removed" ? 0 : 1
  const kept = yield* eventually(credentials([one]), (count) => count === expected).pipe(
    Effect.timeout(found === undefined ? "5 seconds" : "100 millis"),
    Effect.catchAll(() => credentials([one])),
  )
  tally.tried(fault, [
    ...(found === undefined ? [] : [`is ${found.status}, ${found.reason} ${found.code}`]),
    ...(kept === expected ? [] : [`${kept} credentials`]),
    ...(person.companions.size === before - (fault === "removed" ? 1 : 0) ? [] : ["unlinked"]),
  ])
  if (faults[fault].status === "failed") yield* recover(owner, one, tally)
  // A device that is no more is owed nothing but what it has receipted.
  const owed =
    fault === "removed" ? written.filter((id) => receipts(device!).includes(id)) : written
  return yield* countLost(one, owed, tally)
})

const countLost = Effect.fn(function* (one: Linked, owed: ReadonlyArray<string>, tally: Tally) {
  const missing = yield* lost(one, owed)
  for (const _ of missing) tally.failed("a message was lost")
  return missing.length
})

/** What was left to a person comes back when it is asked to. */
const recover = Effect.fn(function* (owner: Tenant, one: Linked, tally: Tally) {
  yield* api(`/sessions/${one.id}:restart`, { as: owner.key, method: "POST" })
  const back = yield* arrival(owner, one, ({ status }) => status === "working")
  tally.tried("restart", back === undefined ? ["did not come back"] : [])
})

/** Everybody at once; what counts is who is back, and how fast they came. */
const cutAll = Effect.fn(function* (owner: Tenant, sessions: ReadonlyArray<Linked>, tally: Tally) {
  const whatsapp = yield* WhatsApp
  const arrivals = yield* watchArrivals
  yield* Effect.promise(() => whatsapp.goDown())
  const written = yield* Effect.forEach(sessions, (one) =>
    Effect.promise(() => write(whatsapp, one, "while nobody is there")),
  )
  yield* Effect.promise(() => whatsapp.comeBack())
  const started = performance.now()
  for (const one of sessions) {
    const back = yield* eventually(
      see(owner, one),
      ({ status }) => status === "working" && whatsapp.isOnline(one.person),
    ).pipe(Effect.catchAllDefect(() => Effect.succeed(undefined)))
    tally.tried("cut with all others", back === undefined ? ["did not come back"] : [])
  }
  const backMillis = Math.round(performance.now() - started)
  const peak = peakOf(arrivals)
  if (peak > rateLimit) tally.failed(`${peak} connections within a second`)
  const credentialsLost = sessions.length - (yield* credentials(sessions))
  if (credentialsLost > 0) tally.failed(`${credentialsLost} sessions lost their credentials`)
  const missing = yield* Effect.forEach(sessions, (one, nth) =>
    countLost(one, [written[nth]!], tally),
  )
  return { reconnectsPerSecondPeak: peak, backMillis, credentialsLost, messagesLost: sum(missing) }
})

interface Size {
  readonly linked: number
  readonly waiting: number
  readonly rounds: number
  readonly among: ReadonlyArray<Fault>
}

const trial = (size: Size, seed: number, options: WhatsAppOptions): Promise<Outcome> =>
  onGateway(
    Effect.gen(function* () {
      const tally = new Tally()
      const random = new Random(seed)
      const { owner, sessions } = yield* fleet(size.linked, size.waiting)
      const [doomed, ...lasting] = sessions
      const { messagesLost, ...figures } = yield* cutAll(owner, sessions, tally)
      const missing = [messagesLost]
      const strike = Effect.fn(function* (fault: Fault, one: Linked) {
        missing.push(yield* suffer(owner, fault, one, tally))
      })
      for (let round = 0; round < size.rounds; round += 1)
        for (const struck of Array.chunksOf(shuffled(passing(size.among), random), lasting.length))
          yield* Effect.forEach(struck, (fault, nth) => strike(fault, lasting[nth]!), {
            concurrency: "unbounded",
          })
      if (size.among.includes("proxy")) yield* strike("proxy", lasting[0]!)
      if (size.among.includes("removed")) yield* strike("removed", doomed!)
      const count = size.linked + size.waiting
      return tally.outcome({ sessions: count, ...figures, messagesLost: sum(missing) })
    }),
    mainWith({ whatsApp: whatsAppWith(options) }),
  )

const sum = (counts: ReadonlyArray<number>) => counts.reduce((all, one) => all + one, 0)

/** Those that strike one session alone and leave it linked. */
const passing = (faults: ReadonlyArray<Fault>) =>
  faults.filter((fault) => fault !== "removed" && fault !== "proxy")

const shuffled = <A>(all: ReadonlyArray<A>, random: Random): ReadonlyArray<A> =>
  all
    .map((one) => [random.next(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one)

const all = Object.keys(faults) as ReadonlyArray<Fault>

const run = ({ form, seed }: Trial) =>
  trial(
    form === "full"
      ? { linked: 200, waiting: 0, rounds: 200, among: all }
      : { linked: 8, waiting: 28, rounds: 1, among: all },
    seed,
    { heartbeat: 2_000, backoff: { base: "300 millis", cap: "2 seconds" } },
  )

/** The usual bot: back at once, whatever happened, and a fresh start where the reason is unclear. */
const control = ({ seed }: Trial) =>
  trial({ linked: 2, waiting: 30, rounds: 1, among: ["uncoded"] }, seed, {
    heartbeat: 2_000,
    backoff: { base: 0, cap: 0 },
    pace: { apart: 0, atOnce: 1000 },
    policy: (closed, ...rest) =>
      afterClose(
        closed.reason === "unclear" ? { ...closed, reason: "logged_out" } : closed,
        ...rest,
      ),
  })

export const R11: Row = {
  promise: "a session survives whatever ends its connection, or says what it needs",
  run,
  control,
}
