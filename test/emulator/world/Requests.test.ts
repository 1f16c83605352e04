import { describe, expect, it } from "vitest"
import { codeOf, noticesOf, resultOf, scene } from "../support/Scene.ts"
import { inviteCode, join } from "./Invites.ts"
import * as Requests from "./Requests.ts"

const asking = () => {
  const all = scene({ approval: true })
  join(all.world, all.dave, resultOf(inviteCode(all.world, all.bob, all.jid)))
  return all
}

describe("Requests.listRequests", () => {
  it("names who asked and how, to admins only", () => {
    const { world, alice, bob, dave, jid } = asking()
    const [request] = resultOf(Requests.listRequests(world, bob, jid))
    expect(request).toMatchObject([dave, { method: "invite_link" }])
    expect(codeOf(Requests.listRequests(world, alice, jid))).toBe(401)
  })
})

describe("Requests.answerRequests", () => {
  it("approves: the person enters and everybody hears of it", () => {
    const { world, bob, dave, group, jid } = asking()
    const outcome = Requests.answerRequests(world, bob, jid, "approve", [dave])
    expect(noticesOf(outcome)[0]?.change).toMatchObject({ kind: "add" })
    expect(group.members.has(dave)).toBe(true)
    expect(group.requests.size).toBe(0)
  })

  it("rejects: only the admins and the person hear of it", () => {
    const { world, bob, dave, group, jid } = asking()
    const outcome = Requests.answerRequests(world, bob, jid, "reject", [dave])
    expect(noticesOf(outcome)[0]?.to).toEqual([bob, dave])
    expect(group.members.has(dave)).toBe(false)
    expect(group.requests.size).toBe(0)
  })

  it("answers 404 for somebody who did not ask, and 419 when the group is full", () => {
    const { world, bob, carol, dave, group, jid } = asking()
    group.capacity = 3
    const people = [carol, dave, undefined]
    const verdicts = resultOf(Requests.answerRequests(world, bob, jid, "approve", people))
    expect(verdicts.map(({ refusal }) => refusal?.code)).toEqual([404, 419, 404])
  })

  it("refuses a plain member with 401", () => {
    const { world, alice, dave, jid } = asking()
    expect(codeOf(Requests.answerRequests(world, alice, jid, "approve", [dave]))).toBe(401)
  })
})

describe("Requests.cancelRequest", () => {
  it("takes the question back, once", () => {
    const { world, dave, group, jid } = asking()
    resultOf(Requests.cancelRequest(world, dave, jid))
    expect(group.requests.size).toBe(0)
    expect(codeOf(Requests.cancelRequest(world, dave, jid))).toBe(404)
  })
})
