import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import type { Emulator } from "../emulator/Emulator.ts"
import type { Person } from "../emulator/people/Person.ts"
import { preloading } from "./Preloading.ts"
import { migrate, withClient, withServer } from "./PrivateServer.ts"
import type { Child } from "./R1/Child.ts"
import { Siege } from "./R1/Siege.ts"
import { until } from "./processes/Plant.ts"
import { Random } from "./Random.ts"
import { loopDelay, watchingItsLoop } from "./R13/LoopDelay.ts"
import { sendMedia } from "./R13/Media.ts"
import { poison } from "./R13/Poison.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

const limits = { growthMegabytes: 50, linesPerSecond: 10, loopMillis: 50, slowdown: 2 }

/** Left to itself a heap grows for minutes before it is collected. */
const smallHeap = "--max-old-space-size=192 --max-semi-space-size=8"

/** Milliseconds; what is faster than this is fast enough. */
const unnoticed = 20

/** Milliseconds until a message is receipted: by then it is stored. */
const latency = async (emulator: Emulator, from: Person, to: Person) => {
  const started = performance.now()
  const ids = new Set<string>()
  const receipted = new Promise<void>((resolve) => {
    const stop = emulator.onSettled((_, { id, tag }) => {
      if (tag !== "message" || !ids.has(id)) return
      stop()
      resolve()
    })
  })
  ids.add(await emulator.sendText(from, to, "how long?"))
  const [device] = to.companions.values()
  if (device && emulator.settled(device).some(({ id }) => ids.has(id))) return 0
  await Promise.race([receipted, sleep(10_000)])
  return performance.now() - started
}

const latencies = async (count: number, ask: () => Promise<number>) => {
  const all: Array<number> = []
  for (let nth = 0; nth < count; nth += 1) {
    all.push(await ask())
    await sleep(20)
  }
  return all.sort((a, b) => a - b)
}

const quantile = (sorted: ReadonlyArray<number>, part: number) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!)

const megabytesOf = ({ pid }: Child) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024)

interface Size {
  /** Stanzas that nobody can read. */
  readonly count: number
  /** Messages with media that is none. */
  readonly media: number
  /** Messages whose time is taken, alone and beside the flood. */
  readonly asked: number
  /** Which of them has to keep to the limit: of a few, the slowest is the machine's doing. */
  readonly tail: number
}

const sizes = {
  short: { count: 300, media: 40, asked: 40, tail: 0.9 },
  full: { count: 100_000, media: 10_000, asked: 2_000, tail: 0.99 },
}

/** One account is sent what nobody can read; another, of the same process, goes about its business. */
const poisoned = (
  { asked, count, media, tail }: Size,
  logs: "Info" | "Debug",
  seed: number,
): Promise<Outcome> =>
  withServer(async (url, dataDir) => {
    await migrate(url)
    const env = {
      DATABASE_URL: url,
      DATA_DIR: dataDir,
      NODE_OPTIONS: `${smallHeap} ${preloading(watchingItsLoop)}`,
    }
    const tally = new Tally()
    return withClient(url, async (client) => {
      const size = { sessions: 2, messages: 0, split: false, replies: false }
      const siege = await Siege.begin({ ...size, client, env, random: new Random(seed) })
      const { accounts, emulator } = siege
      const [victim, other] = accounts.map(({ person }) => person) as [Person, Person]
      const [stranger, friend] = ["Mallory", "Bob"].map((name) => emulator.addPerson({ name })) as [
        Person,
        Person,
      ]
      const child = siege.start({}, undefined, logs)
      await child.opened(accounts.map(({ session }) => session))
      const ask = () => latency(emulator, friend, other)
      /** Resolves when all of them were answered, or enough time has passed. */
      const flood = async (count: number) => {
        const goal = emulator.settled(victim).length + count
        for (let nth = 1; nth <= count; nth += 1) {
          emulator.push(victim, poison(stranger))
          if (nth % 10 === 0) await sleep(40)
        }
        // A session with a backlog gives way to others.
        const deadline = Date.now() + 30_000 + count * 80
        while (emulator.settled(victim).length < goal && Date.now() < deadline) await sleep(50)
      }
      /** Resolves with what a message that never ends has cost, once the session is back. */
      const babble = async () => {
        const before = megabytesOf(child)
        const babblingMegabytes = Math.round((await emulator.babble(victim, 65_536)) / 2 ** 20)
        const isBack = await until(() => emulator.isOnline(victim), 10_000)
        return { isBack, babblingMegabytes, babblingGrowth: megabytesOf(child) - before }
      }
      // Until then a process grows whatever it does.
      await flood(count / 2)
      await latencies(15, ask)
      await loopDelay(child, dataDir)
      const alone = await latencies(asked, ask)
      const loopAloneMillis = await loopDelay(child, dataDir)

      const [before, lines, started] = [megabytesOf(child), child.logLines, performance.now()]
      const answered = emulator.settled(victim).length
      const flooding = flood(count)
      const beside = await latencies(asked, ask)
      await flooding
      const answeredAfter = emulator.settled(victim).length
      const unstored = await sendMedia(emulator, client, stranger, victim, media)
      const loopP99Millis = await loopDelay(child, dataDir)
      const seconds = (performance.now() - started) / 1000

      const figures = {
        stanzas: count,
        answered: answeredAfter - answered,
        media,
        seconds: Math.round(seconds),
        growthMegabytes: megabytesOf(child) - before,
        linesPerSecond: Math.round((child.logLines - lines) / seconds),
        loopAloneMillis,
        loopP99Millis,
        aloneP50Millis: quantile(alone, 0.5),
        besideP50Millis: quantile(beside, 0.5),
        aloneTailMillis: quantile(alone, tail),
        besideTailMillis: quantile(beside, tail),
      }
      const { isBack, ...babbling } = await babble()
      const slowdown = figures.besideTailMillis / Math.max(unnoticed, figures.aloneTailMillis)
      tally.tried("memory", over("MB", figures.growthMegabytes, limits.growthMegabytes))
      tally.tried("log", over("lines/s", figures.linesPerSecond, limits.linesPerSecond))
      tally.tried("the other session", over("times slower", slowdown, limits.slowdown))
      tally.tried("the flood", over("unanswered", count - figures.answered, 0))
      // On a machine with others it is late without a flood.
      const latest = Math.max(limits.loopMillis, limits.slowdown * loopAloneMillis)
      tally.tried("the event loop", over("ms late", loopP99Millis, latest))
      tally.tried("media", over("not stored", unstored, 0))
      tally.tried("a message without end", [
        ...over("MB", babbling.babblingGrowth, limits.growthMegabytes),
        ...(isBack === undefined ? ["the session did not come back"] : []),
      ])
      await child.kill()
      await siege.close()
      return tally.outcome({ ...figures, ...babbling })
    })
  })

const over = (unit: string, value: number, limit: number) =>
  value <= limit ? [] : [`${value} ${unit}, more than ${limit}`]

const run = ({ form, seed }: Trial) => poisoned(sizes[form], "Info", seed)

/** With everything written down that the library has to say about it. */
const control = ({ seed }: Trial) =>
  poisoned({ ...sizes.short, count: 200, media: 0 }, "Debug", seed)

export const R13: Row = {
  promise: "what nobody can read costs neither memory, nor logs, nor other sessions",
  run,
  control,
}
