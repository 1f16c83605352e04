/** One value of a metric, with what tells it apart from the others of its name. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** What the name ends in: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string
}

/** All values of one metric. */
export interface Family {
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly help: string
  readonly samples: ReadonlyArray<Sample>
}

/** Of Prometheus' text format, which all collectors read. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

export const exposed = (families: ReadonlyArray<Family>): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(({ help, name, samples, type }) =>
      [
        `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(
          ({ labels, suffix = "", value }) => `${name}${suffix}${labelled(labels)} ${value}`,
        ),
      ].join("\n"),
    )
    .join("\n")
    .concat("\n")

const labelled = (labels: Sample["labels"]) => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
