import { readFileSync, writeFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"

/** Clock ticks a second, as Linux reports a process's time on every platform that Node runs on. */
const ticks = 100

/**
 * What comes right after the last login is not idling yet: V8 gives back what logins have left behind in
 * up to three steps, each after 100 seconds of quiet. Milliseconds.
 */
const settling = { step: 130_000, most: 600_000 }

/** What the system says about a process; Linux alone says it. */
export class Meter {
  readonly #pid: number

  constructor(pid: number) {
    this.#pid = pid
  }

  /** Resident memory in MB, now or at its peak. */
  megabytes(kind: "VmRSS" | "VmHWM" = "VmRSS"): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8")
    return Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(status)![1]) / 1024
  }

  /** The peak is counted from now on. */
  forgetPeak(): void {
    writeFileSync(`/proc/${this.#pid}/clear_refs`, "5")
  }

  /** Time on a processor so far, in seconds. */
  seconds(): number {
    const stat = readFileSync(`/proc/${this.#pid}/stat`, "utf8")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) / ticks
  }

  /** Until it has given nothing back for longer than one step takes. */
  async settle(): Promise<void> {
    const began = performance.now()
    let [lowest, since] = [Infinity, began]
    while (performance.now() - since < settling.step && performance.now() - began < settling.most) {
      const now = this.megabytes()
      if (now < lowest * 0.99) [lowest, since] = [now, performance.now()]
      await setTimeout(1_000)
    }
  }

  /** The median of resident memory, and the share of one core, over a while in which nothing happens. */
  async watch(millis: number) {
    const [began, before] = [performance.now(), this.seconds()]
    const resident: Array<number> = []
    while (performance.now() - began < millis) {
      resident.push(this.megabytes())
      await setTimeout(500)
    }
    const cpu = (this.seconds() - before) / ((performance.now() - began) / 1000)
    resident.sort((a, b) => a - b)
    return { megabytes: resident[Math.floor(resident.length / 2)]!, cpuPercent: cpu * 100 }
  }
}
