/** `beat.ts URL`: asks for the gateway's health without a pause; for every line of input it tells the longest wait since the last. */
import { Agent, get } from "node:http"
import { setTimeout } from "node:timers/promises"
import { createInterface } from "node:readline"

const url = `${process.argv[2]}/health/live`
const agent = new Agent({ keepAlive: true })
let longest = 0

const beat = () =>
  new Promise<void>((resolve) => {
    const started = performance.now()
    const finish = () => {
      longest = Math.max(longest, performance.now() - started)
      resolve()
    }
    get(url, { agent, timeout: 10_000 }, (response) => response.resume().on("end", finish)).on(
      "error",
      finish,
    )
  })

const asked: Array<() => void> = []
createInterface({ input: process.stdin })
  .on("line", () =>
    asked.push(() => {
      console.log(String(longest))
      longest = 0
    }),
  )
  .on("close", () => process.exit(0))

for (;;) {
  await beat()
  asked.shift()?.()
  await setTimeout(2)
}
