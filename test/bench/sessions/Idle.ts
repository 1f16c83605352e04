import { setTimeout } from "node:timers/promises"
import type { Beat } from "./Beat.ts"
import { Meter } from "./Meter.ts"

/** A process whose sessions do nothing. */
export interface Idle {
  /** Resident, as it is found: with garbage that nobody has needed to sweep. */
  readonly megabytes: number
  /** Resident after a full collection: what the sessions really keep. */
  readonly collected: number
  /** Used heap after that collection, in MB. */
  readonly heap: number
  /** Of one core. */
  readonly cpuPercent: number
  /** How late the event loop was, in milliseconds. */
  readonly p99: number
  readonly max: number
}

/** Watches for so many milliseconds, then collects the garbage. */
export const idleAt = async (pid: number, beat: Beat, millis: number): Promise<Idle> => {
  const meter = new Meter(pid)
  await meter.settle()
  await beat.feel(pid)
  const { cpuPercent, megabytes } = await meter.watch(millis)
  const { max, p99 } = await beat.feel(pid)
  const { heapUsed } = await beat.collect(pid)
  await setTimeout(1_000)
  const collected = meter.megabytes()
  return { megabytes, collected, heap: heapUsed / 1e6, cpuPercent, p99, max }
}
