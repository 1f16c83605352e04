import { describe, expect, it } from "@effect/vitest"
import { performance } from "node:perf_hooks"
import { giveWay } from "../../../../layers/baileys/inbox/GivingWay.ts"
import type { SignalRepository } from "../../../../layers/baileys/inbox/Repository.ts"

const busyFor = (millis: number) => {
  const until = performance.now() + millis
  while (performance.now() < until);
}

/** How much of the event loop's time it takes to read twenty messages, one after the other. */
const utilization = async (waiting: number, isReadable: boolean) => {
  const decryptMessage = async () => {
    busyFor(5)
    if (!isReadable) throw new Error("no session")
    return new Uint8Array()
  }
  const repository = { decryptMessage, decryptGroupMessage: decryptMessage }
  giveWay(repository as unknown as SignalRepository, () => waiting)
  const before = performance.eventLoopUtilization()
  for (let nth = 0; nth < 20; nth += 1) await repository.decryptMessage().catch(() => {})
  return performance.eventLoopUtilization(before).utilization
}

describe("giveWay", () => {
  it("leaves the loop to others for half of the time while there is a backlog", async () => {
    expect(await utilization(100, true)).toBeLessThan(0.65)
  })

  it("leaves it for most of the time when nothing of it can be read", async () => {
    expect(await utilization(100, false)).toBeLessThan(0.35)
  })

  it("holds up nobody who has no backlog", async () => {
    const started = performance.now()
    expect(await utilization(20, true)).toBeGreaterThan(0.8)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
