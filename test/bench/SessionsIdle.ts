import { withFolder } from "../evidence/PrivateServer.ts"
import type { Form } from "../evidence/Row.ts"
import type { Bench, Report } from "./Bench.ts"
import { Beat } from "./sessions/Beat.ts"
import { BareFleet, type Fleets, withFleets } from "./sessions/Fleets.ts"
import { type Idle, idleAt } from "./sessions/Idle.ts"
import { linkingPeak } from "./sessions/Linking.ts"
import { SeededGateway } from "./sessions/SeededGateway.ts"

interface Size {
  /** The fixed cost of a process cancels out between them. */
  readonly few: number
  readonly all: number
  readonly linked: number
  /** Milliseconds in which nothing happens but heartbeats: longer than one of their periods. */
  readonly window: number
}

const sizes: Readonly<Record<Form, Size>> = {
  short: { few: 100, all: 500, linked: 100, window: 30_000 },
  full: { few: 200, all: 1_000, linked: 100, window: 60_000 },
}

const run = (form: Form): Promise<Report> =>
  withFolder(async (folder) => {
    const size = sizes[form]
    const linking = await linkingPeak(folder, size.linked)
    return withFleets(folder, size.all, async (fleets) => {
      const bare = await bareIdle(fleets, size)
      const gateway = await gatewayIdle(fleets, size)
      return reported(size, bare, gateway, linking)
    })
  })

interface Pair {
  readonly few: Idle
  readonly all: Idle
}

const gatewayIdle = async (fleets: Fleets, size: Size): Promise<Pair> => {
  const beat = new Beat(fleets.folder, "gateway")
  const { dataDir, url } = fleets
  const gateway = await SeededGateway.start({ dataDir, whatsapp: url, beat, env: unhurried })
  try {
    await gateway.run(size.few)
    const few = await idleAt(gateway.pid, beat, size.window / 3)
    await gateway.run(size.all)
    return { few, all: await idleAt(gateway.pid, beat, size.window) }
  } finally {
    await gateway.end()
  }
}

/** How fast they log in is the other benchmark's question. */
const unhurried = { WHATSAPP_LOGINS_AT_ONCE: "16", WHATSAPP_LOGINS_PER_SECOND: "100" }

const bareIdle = async (fleets: Fleets, size: Size): Promise<Pair> => {
  const beat = new Beat(fleets.folder, "bare")
  const bare = new BareFleet(fleets, beat.env)
  try {
    await bare.run(size.few, 16)
    const few = await idleAt(bare.pid, beat, size.window / 3)
    await bare.run(size.all, 16)
    return { few, all: await idleAt(bare.pid, beat, size.window) }
  } finally {
    await bare.end()
  }
}

const reported = (size: Size, bare: Pair, gateway: Pair, linking: number): Report => {
  const perSession = ({ all, few }: Pair, of: (idle: Idle) => number) =>
    (of(all) - of(few)) / (size.all - size.few)
  const resident = (pair: Pair) => perSession(pair, ({ collected }) => collected)
  const unswept = (pair: Pair) => perSession(pair, ({ megabytes }) => megabytes)
  return {
    measures: [
      {
        name: "residentMegabytesPerSession",
        value: resident(gateway),
        baseline: resident(bare),
        atMost: 2,
      },
      { name: "residentMegabytesPerSessionAlone", value: resident(gateway), atMost: 0.3 },
      // In proportion, where there are fewer sessions than the promise is about.
      {
        name: "idleCpuPercent",
        value: gateway.all.cpuPercent,
        atMost: (5 * size.all) / 1_000,
      },
      { name: "idleLoopP99Millis", value: gateway.all.p99, atMost: 10 },
      { name: "linkingMegabytesAboveIdle", value: linking, atMost: 150 },
    ],
    figures: {
      sessions: size.all,
      numbersLinked: size.linked,
      bareCpuPercent: bare.all.cpuPercent.toFixed(2),
      bareLoopP99Millis: bare.all.p99.toFixed(1),
      loopMaxMillis: gateway.all.max.toFixed(1),
      residentMegabytes: Math.round(gateway.all.megabytes),
      bareResidentMegabytes: Math.round(bare.all.megabytes),
      unsweptMegabytesPerSession: unswept(gateway).toFixed(3),
      bareUnsweptMegabytesPerSession: unswept(bare).toFixed(3),
      heapKilobytesPerSession: Math.round(perSession(gateway, ({ heap }) => heap) * 1_000),
      bareHeapKilobytesPerSession: Math.round(perSession(bare, ({ heap }) => heap) * 1_000),
    },
  }
}

export const sessionsIdle: Bench = {
  name: "sessions-idle",
  question: "what do linked sessions cost that do nothing, against bare sockets of the library?",
  run,
}
