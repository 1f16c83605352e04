import { describe, expect, it } from "vitest"
import { codeOf, noticesOf, resultOf, scene } from "../support/Scene.ts"
import * as Invites from "./Invites.ts"
import { participate } from "./Membership.ts"

describe("Invites.inviteCode", () => {
  it("stays the same until it is revoked", () => {
    const { world, bob, jid } = scene()
    const code = resultOf(Invites.inviteCode(world, bob, jid))
    expect(resultOf(Invites.inviteCode(world, bob, jid))).toBe(code)
    expect(code).toMatch(/^[\w-]{22}$/)
  })

  it("refuses a plain member with 401", () => {
    const { world, alice, jid } = scene()
    expect(codeOf(Invites.inviteCode(world, alice, jid))).toBe(401)
  })
})

describe("Invites.join", () => {
  it("makes the person a member and tells everybody", () => {
    const { world, bob, dave, group, jid } = scene()
    const code = resultOf(Invites.inviteCode(world, bob, jid))
    const outcome = Invites.join(world, dave, code)
    expect(resultOf(outcome)).toMatchObject({ pending: false })
    expect(noticesOf(outcome)[0]?.change).toMatchObject({ kind: "add", reason: "invite" })
    expect(group.members.has(dave)).toBe(true)
  })

  it("refuses a revoked code with 410 and an invented one with 406", () => {
    const { world, bob, dave, jid } = scene()
    const old = resultOf(Invites.inviteCode(world, bob, jid))
    const fresh = resultOf(Invites.revokeInvite(world, bob, jid))
    expect(fresh).not.toBe(old)
    expect(codeOf(Invites.join(world, dave, old))).toBe(410)
    expect(codeOf(Invites.inspectInvite(world, old))).toBe(410)
    expect(codeOf(Invites.join(world, dave, "invented"))).toBe(406)
  })

  it("refuses a member with 409", () => {
    const { world, alice, bob, jid } = scene()
    const code = resultOf(Invites.inviteCode(world, bob, jid))
    expect(codeOf(Invites.join(world, alice, code))).toBe(409)
  })

  it("refuses everybody with 419 while the group is full", () => {
    const { world, bob, dave, jid } = scene({ capacity: 3 })
    const code = resultOf(Invites.inviteCode(world, bob, jid))
    expect(codeOf(Invites.join(world, dave, code))).toBe(419)
  })

  it("only asks the admins when the group wants approval, and asks them once", () => {
    const { world, bob, dave, group, jid } = scene({ approval: true })
    const code = resultOf(Invites.inviteCode(world, bob, jid))
    const outcome = Invites.join(world, dave, code)
    expect(resultOf(outcome).pending).toBe(true)
    expect(noticesOf(outcome)[0]?.to).toEqual([bob])
    expect(group.members.has(dave)).toBe(false)
    expect(noticesOf(Invites.join(world, dave, code))).toEqual([])
  })
})

describe("Invites.acceptAddRequest", () => {
  const refusedAdd = () => {
    const all = scene()
    all.world.profile(all.dave).privacy.groupadd = "none"
    const asked = [all.dave]
    const [verdict] = resultOf(participate(all.world, all.bob, all.jid, "add", asked))
    return { ...all, code: verdict?.addRequest ?? "" }
  }

  it("lets the invited person in, once", () => {
    const { world, dave, group, jid, code } = refusedAdd()
    resultOf(Invites.acceptAddRequest(world, dave, jid, code))
    expect(group.members.has(dave)).toBe(true)
    group.members.delete(dave)
    expect(codeOf(Invites.acceptAddRequest(world, dave, jid, code))).toBe(406)
  })

  it("is worth nothing to anybody else: 406", () => {
    const { world, jid, code } = refusedAdd()
    const erin = world.addPerson().id
    expect(codeOf(Invites.acceptAddRequest(world, erin, jid, code))).toBe(406)
  })

  it("is worth nothing after an admin took it back: 406", () => {
    const { world, bob, dave, jid, code } = refusedAdd()
    resultOf(Invites.revokeAddRequests(world, bob, jid, [dave]))
    expect(codeOf(Invites.acceptAddRequest(world, dave, jid, code))).toBe(406)
  })
})
