import { type Latencies, Probe, quantile } from "./neighbours/Probe.ts"
import { rewriting } from "./neighbours/Rewriting.ts"
import { Town } from "./neighbours/Town.ts"
import { type Sizes, type Trouble, troublesOf } from "./neighbours/Troubles.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

const slowdown = 2

/** Milliseconds; on a shared machine a quicker p99 is a matter of luck, and nobody notices the difference. */
const floor = 25

const short: Sizes = { poison: 500, groups: 100, members: 100, messages: 5_000, chatter: 10 }
const full: Sizes = { poison: 100_000, groups: 500, members: 500, messages: 100_000, chatter: 200 }

interface Plan {
  readonly sizes: Sizes
  /** How often calm and trouble take turns. */
  readonly rounds: number
  readonly leastMillis: number
}

const kinds = ["messages", "calls"] as const

type Pair = Readonly<Record<"calm" | "troubled", Latencies>>

/** Calm and trouble in turns, so that what else the machine does happens to both. */
const suffer = async (
  town: Town,
  probe: Probe,
  trouble: Trouble,
  { leastMillis, rounds }: Plan,
) => {
  await trouble.prepare(town)
  const pairs: Array<Pair> = []
  for (let round = 0; round < rounds; round += 1)
    pairs.push({
      calm: await probe.during(leastMillis, () => Promise.resolve()),
      troubled: await probe.during(leastMillis, () => trouble.make(town)),
    })
  return pairs
}

/** Of each pair by itself, and then the one in the middle: a machine that was busy once decides nothing. */
const compare = (pairs: ReadonlyArray<Pair>, kind: (typeof kinds)[number]) => {
  const ratios = pairs.map(
    ({ calm, troubled }) =>
      quantile(troubled[kind], 0.99) / Math.max(floor, quantile(calm[kind], 0.99)),
  )
  const all = (when: keyof Pair) => pairs.flatMap((pair) => pair[when][kind])
  const [calm, troubled] = [all("calm"), all("troubled")]
  const millis = [0.5, 0.99].map((part) => `${quantile(calm, part)}→${quantile(troubled, part)}`)
  const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)]!
  const spread = ratios.map((one) => one.toFixed(2)).join(" ")
  return {
    ratio,
    figure: `${ratio.toFixed(2)} (${spread}), p50 ${millis[0]} ms, p99 ${millis[1]} ms, n ${troubled.length}`,
  }
}

const measured = (plan: Plan, broken?: string): Promise<Outcome> =>
  Town.use(async (town) => {
    const tally = new Tally()
    const figures: Record<string, string> = {}
    const probe = await Probe.attach(town)
    await probe.during(plan.leastMillis, () => Promise.resolve())
    for (const trouble of troublesOf(plan.sizes)) {
      const pairs = await suffer(town, probe, trouble, plan)
      for (const kind of kinds) {
        const { figure, ratio } = compare(pairs, kind)
        figures[`${kind} beside ${trouble.name}`] = figure
        const complaints = ratio > slowdown ? [`take ${ratio.toFixed(1)} times as long`] : []
        tally.tried(`${kind} beside ${trouble.name}`, complaints)
      }
    }
    return tally.outcome(figures)
  }, broken)

const run = ({ form }: Trial) =>
  form === "full"
    ? measured({ sizes: full, rounds: 3, leastMillis: 30_000 })
    : measured({ sizes: short, rounds: 3, leastMillis: 6_000 })

/** A gateway that reads what a stranger sends as fast as it can. */
const selfish = rewriting("baileys/inbox/GivingWay", [["if (waiting() > few)", "if (false)"]])

const control = () => measured({ sizes: short, rounds: 1, leastMillis: 4_000 }, selfish)

export const R23: Row = {
  promise: "what one session suffers leaves the others as quick as they are",
  run,
  control,
}
