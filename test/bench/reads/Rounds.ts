import type { Measure, Report } from "../Bench.ts"
import {
  type Contest,
  type Contestant,
  type Load,
  requireSameBytes,
  run,
  type Run,
} from "./Contest.ts"

export interface Match extends Load {
  /** Of what is read, at the head of each measure's name. */
  readonly name: string
  readonly rounds: number
  /** What the gateway must reach of either Fastify's requests per second. */
  readonly atLeast: number
}

type Runs = Readonly<Record<Contestant["name"], ReadonlyArray<Run>>>

/** Rounds in which each has its turn, so that a neighbour on the machine disturbs all alike. */
export const play = async (contest: Contest, match: Match): Promise<Report> => {
  await requireSameBytes(contest, match.path)
  const { contestants, key } = contest
  for (const one of contestants) await run(one, key, { ...match, seconds: 3 })
  const runs: Record<string, Array<Run>> = { gateway: [], fastifyRows: [], fastifyText: [] }
  for (let round = 0; round < match.rounds; round += 1)
    for (const one of inTurn(contestants, round)) runs[one.name]!.push(await run(one, key, match))
  return reportOf(match, runs as never)
}

const inTurn = <A>(all: ReadonlyArray<A>, round: number) =>
  all.map((_, index) => all[(index + round) % all.length]!)

const reportOf = ({ atLeast, name }: Match, runs: Runs): Report => {
  const rate = (of: Contestant["name"]) => median(runs[of].map((one) => one.requestsPerSecond))
  const cost = (of: Contestant["name"]) => median(runs[of].map((one) => one.microsPerRequest))
  const against = (baseline: "fastifyRows" | "fastifyText"): ReadonlyArray<Measure> => [
    {
      name: `${name} requestsPerSecond, ${baseline}`,
      value: rate("gateway"),
      baseline: rate(baseline),
      atLeast,
    },
    ...(Number.isNaN(cost("gateway"))
      ? []
      : [
          {
            name: `${name} cpuMicrosPerRequest, ${baseline}`,
            value: cost("gateway"),
            baseline: cost(baseline),
          },
        ]),
  ]
  return { measures: [...against("fastifyRows"), ...against("fastifyText")] }
}

export const median = (values: ReadonlyArray<number>) => {
  const sorted = values.toSorted((a, b) => a - b)
  return (
    (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
  )
}
