import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import type { SignalRepository } from "./Repository.ts"

/**
 * How much of the event loop's time those have together who have much to read. What does not open
 * costs most, is worth nothing, and is all that a stranger can send by the thousand.
 */
const share = { readable: 0.5, unreadable: 0.15 }

/** Milliseconds; nobody waits longer for one turn, however busy everybody else is. */
const longest = 100

/** More messages than this behind the one at hand are a backlog. */
const few = 20

let mark = performance.eventLoopUtilization()

/** Waits until the loop has been idle for long enough since the last turn that anybody took. */
const turn = async (share: number) => {
  const { active, idle } = performance.eventLoopUtilization(mark)
  const millis = Math.min(longest, active / share - active - idle)
  if (millis >= 1) await sleep(millis)
  mark = performance.eventLoopUtilization()
}

/**
 * Has a session with a backlog read it only as fast as leaves room for the others: each message keeps
 * the loop for milliseconds, and what is live takes a dozen of the loop's turns.
 */
export const giveWay = (repository: SignalRepository, waiting: () => number) => {
  const { decryptGroupMessage, decryptMessage } = repository
  let last: keyof typeof share = "readable"
  const inTurn =
    <Args, A>(work: (args: Args) => Promise<A>) =>
    async (args: Args) => {
      if (waiting() > few) await turn(share[last])
      try {
        const done = await work(args)
        last = "readable"
        return done
      } catch (failure) {
        last = "unreadable"
        throw failure
      }
    }
  repository.decryptMessage = inTurn(decryptMessage)
  repository.decryptGroupMessage = inTurn(decryptGroupMessage)
}
