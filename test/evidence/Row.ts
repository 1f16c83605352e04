/** How large a run is: a seeded sample for every commit, or all of it. */
export type Form = "short" | "full"

export interface Trial {
  readonly form: Form
  readonly seed: number
}

/** What a run saw. `failures` counts what must never happen; everything else is worth a look. */
export interface Outcome {
  /** How many cases were tried. */
  readonly n: number
  readonly failures: number
  /** Figures by name, with their unit in the name: `p99Millis`. */
  readonly figures?: Readonly<Record<string, number | string>>
  /** The first few failures, for whoever has to mend them. */
  readonly samples?: ReadonlyArray<string>
}

/**
 * One promise and its proof. The control is the same trial against a gateway whose protection is taken
 * away: a proof whose control does not fail proves nothing.
 */
export interface Row {
  readonly promise: string
  readonly run: (trial: Trial) => Promise<Outcome>
  readonly control: (trial: Trial) => Promise<Outcome>
}

/** A row as the index knows it. */
export interface Listed {
  readonly id: string
  /** What it promises is about time, so that nothing else may run beside it. */
  readonly isTimed?: true
  readonly load: () => Promise<Row>
}
