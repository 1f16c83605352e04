/** Two kinds of the same question and how long each took. */
export type Times = readonly [Array<number>, Array<number>]

/**
 * Welch's t: how surely two kinds differ in time. The slowest tenth is left out, of both alike, because
 * it is the machine's doing.
 */
export const welchT = ([left, right]: Times): number => {
  const all = [...left, ...right].sort((a, b) => a - b)
  const slowest = all[Math.floor(all.length * 0.9)]!
  const [a, b] = [left, right].map((times) => momentsOf(times.filter((time) => time <= slowest)))
  return (a!.mean - b!.mean) / Math.sqrt(a!.variance / a!.n + b!.variance / b!.n)
}

const momentsOf = (times: ReadonlyArray<number>) => {
  const n = times.length
  const mean = times.reduce((sum, time) => sum + time, 0) / n
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (n - 1)
  return { n, mean, variance }
}
