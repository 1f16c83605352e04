import { preloading } from "../../evidence/Preloading.ts"

/** Milliseconds between two beats; whatever is more than that is somebody holding up the event loop. */
const beat = 2

const probe = `
let last = performance.now()
let longest = 0
const look = () => {
  const now = performance.now()
  longest = Math.max(longest, now - last - ${beat})
  last = now
}
setInterval(look, ${beat}).unref()
process.on("SIGUSR2", () => {
  look()
  console.log("stall " + longest)
  longest = 0
})`

/** Lets a process tell on SIGUSR2, as a line of its output, the longest stall since it was last asked. */
export const stallProbe = preloading(probe)

/** The milliseconds of the stalls that were told in the output. */
export const stallsIn = (output: string): ReadonlyArray<number> =>
  [...output.matchAll(/^stall ([\d.e+-]+)$/gm)].map(([, millis]) => Number(millis))
