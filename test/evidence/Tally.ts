import type { Outcome } from "./Row.ts"

const samplesKept = 8

/** Counts what was tried and what failed, and keeps the first few failures. */
export class Tally {
  #n = 0
  #failures = 0
  readonly #samples: Array<string> = []
  readonly #kinds = new Set<string>()

  /** One case; each complaint about it is a failure. */
  tried(label: string, complaints: ReadonlyArray<string> = []): void {
    this.#n += 1
    for (const complaint of complaints) this.failed(`${label}: ${complaint}`, complaint)
  }

  failed(sample: string, kind = sample): void {
    this.#failures += 1
    const isNew = !this.#kinds.has(kind)
    this.#kinds.add(kind)
    if (isNew && this.#samples.length < samplesKept) this.#samples.push(sample)
  }

  outcome(figures: NonNullable<Outcome["figures"]> = {}): Outcome {
    return { n: this.#n, failures: this.#failures, figures, samples: this.#samples }
  }
}
