import { setTimeout } from "node:timers/promises"
import type { Row, Trial } from "./Row.ts"
import type { Bomb } from "./S10/Bomb.ts"
import { bombs } from "./S10/Bombs.ts"
import { type Explosion, explode } from "./S10/Explosion.ts"
import { Program } from "./S10/Program.ts"
import { Tally } from "./Tally.ts"

/** Milliseconds beyond what anybody waits while nothing happens, which a busy machine makes many. */
const limits = { refusalMillis: 50, earlyMillis: 100, blockMillis: 50, megabytes: 20 }

/** Noise only ever adds: a limit is broken when it is broken every time. */
const attempts = 5

interface Damage extends Explosion {
  readonly blockMillis: number
  readonly megabytes: number
}

const trial =
  (kind: "whole" | "plain") =>
  async ({ form }: Trial) => {
    const gateway = new Program("gateway", kind)
    const { ids, key, url } = JSON.parse(await gateway.read())
    const pulse = new Program("beat", url)
    try {
      const all = bombs({ ids, key }, form === "full" ? [2, 10, 50] : [2, 50])
      const rounds = form === "full" && kind === "whole" ? 3 : 1
      const noiseMillis = await quiet(pulse)
      const measure = async (bomb: Bomb) =>
        less(await damageOf(url, bomb, gateway, pulse), noiseMillis)
      const { figures, ...outcome } = await blowUp(all, rounds, measure, kind)
      return { ...outcome, figures: { ...figures, noiseMillis: Math.round(noiseMillis) } }
    } finally {
      await pulse.end()
      await gateway.end()
    }
  }

const quiet = async (pulse: Program) => {
  await pulse.ask()
  await setTimeout(1000)
  return Number(await pulse.ask())
}

const less = (damage: Damage, noiseMillis: number): Damage => ({
  ...damage,
  millis: damage.millis - noiseMillis,
  blockMillis: Math.max(0, damage.blockMillis - noiseMillis),
})

const blowUp = async (
  all: ReadonlyArray<Bomb>,
  rounds: number,
  measure: (bomb: Bomb) => Promise<Damage>,
  kind: "whole" | "plain",
) => {
  const tally = new Tally()
  const worst = { blockMillis: 0, megabytesGrown: 0, megabytesTaken: 0 }
  const slowest: Record<string, number> = {}
  // The first few make room that is used again: code is compiled, buffers are pooled.
  for (const bomb of all.slice(0, kind === "whole" ? 8 : 0)) await measure(bomb)
  for (let round = 0; round < rounds; round += 1) {
    for (const bomb of kind === "whole" ? all : all.slice(0, 8)) {
      const damage = await leastOf(bomb, kind === "whole" ? attempts : 1, measure)
      tally.tried(bomb.name, complaints(bomb, damage))
      const refusal = `${bomb.kind}Millis`
      slowest[refusal] = Math.max(slowest[refusal] ?? 0, Math.round(damage.millis))
      worst.blockMillis = Math.max(worst.blockMillis, Math.round(damage.blockMillis))
      worst.megabytesGrown = Math.max(worst.megabytesGrown, Math.round(damage.megabytes))
      worst.megabytesTaken = Math.max(worst.megabytesTaken, Math.round(damage.megabytesTaken))
    }
  }
  return tally.outcome({ ...worst, ...slowest })
}

const leastOf = async (bomb: Bomb, tries: number, measure: (bomb: Bomb) => Promise<Damage>) => {
  let least = await measure(bomb)
  for (let n = 1; n < tries && complaints(bomb, least).length > 0; n += 1) {
    const again = await measure(bomb)
    least = {
      ...again,
      millis: Math.min(least.millis, again.millis),
      blockMillis: Math.min(least.blockMillis, again.blockMillis),
      megabytes: Math.min(least.megabytes, again.megabytes),
    }
  }
  return least
}

const dead: Damage = { status: 0, millis: 0, megabytesTaken: 0, blockMillis: 0, megabytes: 0 }

const damageOf = async (url: string, bomb: Bomb, gateway: Program, pulse: Program) => {
  if (gateway.hasEnded) return dead
  await pulse.ask()
  gateway.forgetPeak()
  const before = gateway.megabytes("VmRSS")
  const explosion = await explode(url, bomb)
  await setTimeout(5)
  const blockMillis = Number(await pulse.ask())
  return { ...explosion, blockMillis, megabytes: gateway.megabytes("VmHWM") - before }
}

const complaints = (bomb: Bomb, { blockMillis, megabytes, millis, status }: Damage) => [
  ...(bomb.answers.includes(status) ? [] : [`answers ${status}, not ${bomb.answers.join(" or ")}`]),
  // What is known by time alone can not be refused in good time.
  ...(bomb.knowableIn === undefined || millis > -limits.earlyMillis ? [] : ["refused too early"]),
  ...(millis <= limits.refusalMillis ? [] : [`refused after ${Math.round(millis)} ms`]),
  ...(blockMillis <= limits.blockMillis ? [] : [`others waited ${Math.round(blockMillis)} ms`]),
  ...(megabytes <= limits.megabytes ? [] : [`took ${Math.round(megabytes)} MB`]),
]

export const S10: Row = {
  promise: "a request that costs its sender little costs the gateway little",
  run: trial("whole"),
  control: trial("plain"),
}
