import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { preloading } from "../../evidence/Preloading.ts"

/** Milliseconds between two looks at the event loop; the histogram counts them in. */
const resolution = 10

/** On SIGUSR2 the process writes what it has seen of its event loop, and begins anew; on SIGWINCH it sweeps its heap first. */
const probe = (file: string) => `
  import { renameSync, writeFileSync } from "node:fs"
  import { monitorEventLoopDelay } from "node:perf_hooks"
  import { setFlagsFromString } from "node:v8"
  import { runInNewContext } from "node:vm"
  const loop = monitorEventLoopDelay({ resolution: ${resolution} })
  loop.enable()
  const collect = () => {
    setFlagsFromString("--expose-gc")
    const sweep = runInNewContext("gc")
    for (let times = 0; times < 3; times += 1) sweep()
  }
  process.on("SIGWINCH", () => { collect(); tell() })
  process.on("SIGUSR2", () => tell())
  const tell = () => {
    const late = (nanos) => Math.max(0, nanos / 1e6 - ${resolution})
    const { heapUsed, external } = process.memoryUsage()
    const seen = { p99: late(loop.percentile(99)), max: late(loop.max), heapUsed, external }
    writeFileSync(${JSON.stringify(file)} + ".new", JSON.stringify(seen))
    renameSync(${JSON.stringify(file)} + ".new", ${JSON.stringify(file)})
    loop.reset()
  }`

/** How late a process's event loop was since it was asked last, in milliseconds, and its heap in bytes. */
export interface Pulse {
  readonly p99: number
  readonly max: number
  readonly heapUsed: number
  readonly external: number
}

/** Feels the pulse of a process from inside, through a file. */
export class Beat {
  readonly #file: string

  constructor(folder: string, name: string) {
    this.#file = join(folder, `${name}.pulse`)
  }

  /** With this the process has to be started. */
  get env() {
    return { NODE_OPTIONS: preloading(probe(this.#file)) }
  }

  feel(pid: number): Promise<Pulse> {
    return this.#ask(pid, "SIGUSR2")
  }

  /** After a full collection of its garbage. */
  collect(pid: number): Promise<Pulse> {
    return this.#ask(pid, "SIGWINCH")
  }

  async #ask(pid: number, signal: NodeJS.Signals): Promise<Pulse> {
    rmSync(this.#file, { force: true })
    process.kill(pid, signal)
    while (!existsSync(this.#file)) await setTimeout(20)
    return JSON.parse(readFileSync(this.#file, "utf8")) as Pulse
  }
}
