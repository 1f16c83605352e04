import { Metric, MetricState } from "effect"
import type { Family } from "./Exposition.ts"

/** What the whole process counts, wherever it does so. Histograms and summaries are not among it. */
export const processMetrics = (): ReadonlyArray<Family> =>
  Metric.unsafeSnapshot(undefined).flatMap(({ metricKey, metricState }): ReadonlyArray<Family> => {
    const labels = Object.fromEntries(metricKey.tags.map(({ key, value }) => [key, value]))
    const help = metricKey.description._tag === "Some" ? metricKey.description.value : ""
    if (MetricState.isCounterState(metricState))
      return [counter(`${metricKey.name}_total`, help, Number(metricState.count), labels)]
    return []
  })

const counter = (
  name: string,
  help: string,
  value: number,
  labels: Readonly<Record<string, string>>,
): Family => ({ name, type: "counter", help, samples: [{ labels, value }] })
