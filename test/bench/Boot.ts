import { withFolder } from "../evidence/PrivateServer.ts"
import type { Form } from "../evidence/Row.ts"
import type { Bench, Report } from "./Bench.ts"
import { BareFleet, type Fleets, withFleets } from "./sessions/Fleets.ts"
import { SeededGateway } from "./sessions/SeededGateway.ts"

const counts: Readonly<Record<Form, number>> = { short: 500, full: 1_000 }

/** How many logins of the bare sockets are under way at once; the fastest of them is the baseline. */
const concurrencies = [8, 16, 32, 64]

/**
 * By default a gateway begins fifteen logins a second, out of politeness to WhatsApp; here it is
 * asked what it could do.
 */
const hurried = { WHATSAPP_LOGINS_AT_ONCE: "16", WHATSAPP_LOGINS_PER_SECOND: "1000" }

const run = (form: Form): Promise<Report> =>
  withFolder((folder) =>
    withFleets(folder, counts[form], async (fleets) => {
      const first = await boot(fleets, "SIGTERM", (gateway) => gateway.run(fleets.count))
      const [eight, sixteen, thirtyTwo, sixtyFour] = concurrencies
      const bare = [await bareBoot(fleets, eight!), await bareBoot(fleets, sixteen!)]
      const cold = await boot(fleets, "SIGKILL")
      bare.push(await bareBoot(fleets, thirtyTwo!), await bareBoot(fleets, sixtyFour!))
      const killed = await boot(fleets, "SIGTERM")
      return reported(fleets, { bare, cold, first, killed })
    }),
  )

/** Milliseconds from the start of the process until every session works; ends it by the signal. */
const boot = async (
  { count, dataDir, url }: Fleets,
  end: NodeJS.Signals,
  prepare?: (gateway: SeededGateway) => Promise<void>,
): Promise<number> => {
  const since = Date.now()
  const gateway = await SeededGateway.start({ dataDir, whatsapp: url, env: hurried })
  try {
    await prepare?.(gateway)
    await gateway.working(count, since)
    return Date.now() - since
  } finally {
    await gateway.end(end)
  }
}

const bareBoot = async (fleets: Fleets, atOnce: number) => {
  const bare = new BareFleet(fleets)
  try {
    return { atOnce, ...(await bare.run(fleets.count, atOnce)) }
  } finally {
    await bare.end()
  }
}

interface Boots {
  readonly bare: ReadonlyArray<Awaited<ReturnType<typeof bareBoot>>>
  /** With nothing stored yet of the groups. */
  readonly first: number
  readonly cold: number
  readonly killed: number
}

const reported = ({ count }: Fleets, { bare, cold, first, killed }: Boots): Report => {
  const best = bare.reduce((one, other) => (other.millis < one.millis ? other : one))
  const seconds = (millis: number) => millis / 1000
  return {
    measures: [
      {
        name: "coldStartSeconds",
        value: seconds(cold),
        baseline: seconds(best.millis),
        atMost: 1.5,
      },
      {
        name: "startAfterKillSeconds",
        value: seconds(killed),
        baseline: seconds(best.millis),
        atMost: 1.5,
      },
    ],
    figures: {
      sessions: count,
      firstStartSeconds: seconds(first).toFixed(1),
      bareBestAtOnce: best.atOnce,
      ...Object.fromEntries(
        bare.map(({ atOnce, millis }) => [
          `bareAtOnce${atOnce}Seconds`,
          seconds(millis).toFixed(1),
        ]),
      ),
    },
  }
}

export const sessionsBoot: Bench = {
  name: "boot",
  question: "how long until every session works, against bare sockets at their best concurrency?",
  run,
}
