import { describe, expect, it } from "@effect/vitest"
import { Duration } from "effect"
import { afterClose, type Next } from "../../../layers/sessions/Reconnect.ts"
import { ClosedReason } from "../../../src/domain/Session.ts"

const closed = (reason: ClosedReason) => ({ _tag: "Closed", reason, code: 0, text: "" }) as const

const seconds = (next: Next) => (next._tag === "Again" ? Duration.toSeconds(next.after) : undefined)

const pauses = (reason: ClosedReason, luck: number) =>
  [1, 2, 3, 4, 8, 50].map((failures) => seconds(afterClose(closed(reason), failures, luck)))

const resting = (isSo: (rest: Next & { readonly _tag: "Rest" }) => boolean) =>
  ClosedReason.literals.filter((reason) => {
    const next = afterClose(closed(reason), 1, 1)
    return next._tag === "Rest" && isSo(next)
  })

describe("afterClose", () => {
  it("waits longer after every failure, up to two minutes", () => {
    expect(pauses("lost", 1)).toEqual([1, 2, 4, 8, 120, 120])
  })

  it("spreads those that were lost together over half of the time", () => {
    expect(pauses("lost", 0)).toEqual([0.5, 1, 2, 4, 60, 60])
  })

  it("leaves a service alone for longer that says it is not available", () => {
    expect(pauses("unavailable", 1)).toEqual([4, 8, 16, 32, 480, 480])
  })

  it("starts again at once when WhatsApp asks for it, but not for ever", () => {
    expect(seconds(afterClose(closed("restart"), 1, 1))).toBe(0)
    expect(seconds(afterClose(closed("restart"), 5, 1))).toBe(16)
  })

  it("calls it a failure when an unclear reason repeats, and still goes on", () => {
    const statuses = [10, 11].map((failures) => {
      const next = afterClose(closed("unclear"), failures, 1)
      return next._tag === "Again" ? next.status : undefined
    })
    expect(statuses).toEqual(["starting", "failed"])
  })

  it("forgets credentials only when the account has removed the device", () => {
    expect(resting(({ forget }) => forget)).toEqual(["logged_out"])
  })

  it("waits for a person where only a person can help", () => {
    expect(resting(() => true)).toEqual([
      "unscanned",
      "logged_out",
      "replaced",
      "locked",
      "downgraded",
      "suspended",
      "banned",
      "outdated",
      "untrusted",
      "refused",
    ])
  })

  it("tries again when the gateway starts where its settings may help", () => {
    const trying = resting(({ retryAtStart }) => retryAtStart)
    expect(trying).toEqual(["outdated", "untrusted"])
  })

  it("is back when a suspension is over", () => {
    const next = afterClose({ ...closed("suspended"), retryAfterMillis: 60_000 }, 1, 1)
    expect(next).toMatchObject({ status: "failed", retryAfterMillis: 60_000, wanted: true })
  })

  it("is back after a day from a suspension that nobody says the length of", () => {
    const next = afterClose(closed("suspended"), 1, 1)
    expect(next).toMatchObject({ status: "failed", retryAfterMillis: 86_400_000, wanted: true })
  })
})
