import type { Form } from "../evidence/Row.ts"

/** One measured figure beside its baseline of the same run, and the bound that we promise. */
export interface Measure {
  /** Named with its unit: `residentMegabytesPerSession`. */
  readonly name: string
  readonly value: number
  /** What the baseline took, where there is one: the ratio is `value / baseline`. */
  readonly baseline?: number
  /** Bounds of the ratio where there is a baseline, else of the value. */
  readonly atMost?: number
  readonly atLeast?: number
}

/** What a benchmark measured, and beside it what helps to read the measures. */
export interface Report {
  readonly measures: ReadonlyArray<Measure>
  readonly figures?: Readonly<Record<string, number | string>>
}

/** A hot path against the same work done by something lean, in one run on one machine. */
export interface Bench {
  readonly name: string
  readonly question: string
  readonly run: (form: Form) => Promise<Report>
}

/** Three digits are all that a measurement is good for. */
const rounded = (value: number) => Number(value.toPrecision(3))

/** The measure as it is reported: with its ratio, and whether it keeps within its bounds. */
export const judged = ({ atLeast, atMost, baseline, name, value }: Measure) => {
  const ratio = baseline === undefined ? undefined : value / baseline
  const bounded = ratio ?? value
  const ok =
    Number.isFinite(bounded) &&
    (atMost === undefined || bounded <= atMost) &&
    (atLeast === undefined || bounded >= atLeast)
  return {
    name,
    value: rounded(value),
    ...(baseline !== undefined && { baseline: rounded(baseline), ratio: rounded(bounded) }),
    ...(atMost !== undefined && { atMost }),
    ...(atLeast !== undefined && { atLeast }),
    ok,
  }
}
