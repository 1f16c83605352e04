import { Array, Effect } from "effect"
import { whatsAppWith, type WhatsAppOptions } from "../../layers/WhatsApp.ts"
import { afterClose } from "../../layers/sessions/Reconnect.ts"
import type { Emulator } from "../emulator/Emulator.ts"
import type { Kick } from "../emulator/router/Kicks.ts"
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
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** What happens to a connection, and where its session must be found afterwards. */
const faults: Readonly<Record<Kick | "silence" | "outdated" | "proxy", readonly [string, string]>> =
  {
    removed: ["logged_out", "logged_out"],
    replaced: ["failed", "replaced"],
    restart: ["working", ""],
    unavailable: ["working", "unavailable"],
    uncoded: ["working", "unclear"],
    locked: ["failed", "locked"],
    downgraded: ["failed", "downgraded"],
    end: ["working", "lost"],
    drop: ["working", "lost"],
    silence: ["working", "silent"],
    outdated: ["failed", "outdated"],
    proxy: ["working", "lost"],
  }
type Fault = keyof typeof faults

/** Connections a second that WhatsApp may see at most. */
const rateLimit = 20

const inflict = async (whatsapp: Emulator, fault: Fault, { person }: Linked) => {
  if (fault === "silence") return whatsapp.freeze(person)
  if (fault === "outdated") whatsapp.refuseLogin(person, 405)
  // A proxy in between says 401 while WhatsApp itself can not be reached.
  if (fault === "proxy") return answerForAWhile(whatsapp, 401)
  whatsapp.kick(person, fault === "outdated" ? "drop" : fault)
}

const answerForAWhile = async (whatsapp: Emulator, status: number) => {
  const { createServer } = await import("node:http")
  await whatsapp.goDown()
  const proxy = createServer((_, response) => response.writeHead(status).end())
  proxy.on("upgrade", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
  await new Promise<void>((resolve) =>
    proxy.listen(Number(new URL(whatsapp.url).port), "127.0.0.1", resolve),
  )
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await new Promise((resolve) => proxy.close(resolve))
  await whatsapp.comeBack()
}

/** One fault, its end, and back to work where it takes a person. */
const suffer = Effect.fn(function* (owner: Tenant, fault: Fault, one: Linked, tally: Tally) {
  const whatsapp = yield* WhatsApp
  const [status, reason] = faults[fault]
  const before = one.person.companions.size
  const link = [...one.person.companions.values()][0]?.link
  yield* Effect.promise(() => inflict(whatsapp, fault, one))
  const isNew = () => [...one.person.companions.values()][0]?.link !== link
  const seen = yield* arrival(
    owner,
    one,
    (seen) =>
      seen.status === status &&
      (reason === "" || seen.reason === reason) &&
      (status !== "working" || isNew()),
  )
  const found = seen === undefined ? yield* see(owner, one) : undefined
  const expected = fault === "removed" ? 0 : 1
  const kept = yield* eventually(credentials([one]), (count) => count === expected).pipe(
    Effect.timeout(found === undefined ? "5 seconds" : "100 millis"),
    Effect.catchAll(() => credentials([one])),
  )
  tally.tried(fault, [
    ...(found === undefined ? [] : [`is ${found.status}, ${found.reason}`]),
    ...(kept === expected ? [] : [`${kept} credentials`]),
    ...(one.person.companions.size === before - (fault === "removed" ? 1 : 0) ? [] : ["unlinked"]),
  ])
  if (status === "failed") yield* recover(owner, one, tally)
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
  const lost = sessions.length - (yield* credentials(sessions))
  if (lost > 0) tally.failed(`${lost} sessions lost their credentials`)
  return { reconnectsPerSecondPeak: peak, backMillis, credentialsLost: lost }
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
      const figures = yield* cutAll(owner, sessions, tally)
      for (let round = 0; round < size.rounds; round += 1)
        for (const struck of Array.chunksOf(shuffled(passing(size.among), random), lasting.length))
          yield* Effect.forEach(
            struck,
            (fault, nth) => suffer(owner, fault, lasting[nth]!, tally),
            {
              concurrency: "unbounded",
            },
          )
      if (size.among.includes("proxy")) yield* suffer(owner, "proxy", lasting[0]!, tally)
      if (size.among.includes("removed")) yield* suffer(owner, "removed", doomed!, tally)
      return tally.outcome({ sessions: size.linked + size.waiting, ...figures })
    }),
    mainWith({ whatsApp: whatsAppWith(options) }),
  )

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
      : { linked: 6, waiting: 30, rounds: 1, among: all },
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
  id: "R11",
  promise: "a session survives whatever ends its connection, or says what it needs",
  isTimed: true,
  run,
  control,
}
