import { Effect, Layer } from "effect"
import { constants, performance, PerformanceObserver } from "node:perf_hooks"
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"

/** Of what V8 holds for objects that have lived a while, so much may be holes. V8 fills a fifth anew. */
const bearable = { bytes: 32 * 2 ** 20, share: 0.3 }

/** The share of its time that an event loop may work and still have a moment to spare. */
const quiet = 0.2

const isScattered = () => {
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")!
  const holes = old.space_size - old.space_used_size
  return holes > bearable.bytes && holes > bearable.share * old.space_size
}

/**
 * After a collection that found the heap scattered, the next one moves it together, if the process had
 * little to do in between: V8 itself moves some megabytes at most, and holds the rest for good. That
 * stops the process once, some 200 ms for a thousand sessions.
 */
const closingHoles = Effect.sync(() => {
  let since = performance.eventLoopUtilization()
  let isClosing = false
  const observer = new PerformanceObserver((entries) => {
    if (!entries.getEntries().some(isMajor)) return
    const { utilization } = performance.eventLoopUtilization(since)
    since = performance.eventLoopUtilization()
    const isNext = utilization < quiet && isScattered()
    if (isNext !== isClosing) setFlagsFromString(isNext ? closes : leaves)
    isClosing = isNext
  })
  observer.observe({ entryTypes: ["gc"] })
  return () => {
    observer.disconnect()
    setFlagsFromString(leaves)
  }
})

const closes = "--compact-on-every-full-gc"
const leaves = "--no-compact-on-every-full-gc"

const isMajor = ({ detail }: { readonly detail?: unknown }) =>
  (detail as { readonly kind: number }).kind === constants.NODE_PERFORMANCE_GC_MAJOR

/**
 * What hundreds of logins leave behind is collected when it has become a quarter of the heap, and the
 * holes that stay are closed. By default the heap may first grow to several times what is in use.
 */
export const SmallHeap = Layer.scopedDiscard(
  Effect.suspend(() => {
    setFlagsFromString("--heap-growing-percent=25")
    // Small buffers share a block, which stays for as long as one of them does: every connection has two
    // keys of 32 bytes for life, and would keep eight kilobytes with them.
    Buffer.poolSize = 1_024
    return Effect.acquireRelease(closingHoles, (stop) => Effect.sync(stop))
  }),
)
