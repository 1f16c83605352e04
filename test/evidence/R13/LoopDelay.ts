import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { until } from "../processes/Plant.ts"
import type { Child } from "../R1/Child.ts"

/** Milliseconds between two looks of the child at its own event loop; no delay is seen as that. */
const resolution = 10

/** Code for the child: told to, it writes down what it saw since it was told last. */
export const watchingItsLoop = `
  import { renameSync, writeFileSync } from "node:fs"
  import { monitorEventLoopDelay } from "node:perf_hooks"
  import { isMainThread } from "node:worker_threads"
  if (isMainThread) {
    const delay = monitorEventLoopDelay({ resolution: ${resolution} })
    delay.enable()
    const file = process.env.DATA_DIR + "/loop"
    process.on("SIGUSR2", () => {
      writeFileSync(file + ".new", String(delay.percentile(99) / 1e6))
      renameSync(file + ".new", file)
      delay.reset()
    })
  }`

/** The 99th percentile, in milliseconds, of how late the child's event loop was since it was asked last. */
export const loopDelay = async ({ pid }: Child, dataDir: string): Promise<number> => {
  const file = join(dataDir, "loop")
  rmSync(file, { force: true })
  process.kill(pid, "SIGUSR2")
  await until(() => existsSync(file))
  return Math.round(Number(readFileSync(file, "utf8")) - resolution)
}
