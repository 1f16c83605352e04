import { describe, expect, it } from "vitest"
import { codeOf, noticesOf, resultOf, scene } from "../support/Scene.ts"
import * as Membership from "./Membership.ts"

const codes = (verdicts: ReadonlyArray<Membership.Verdict>) =>
  verdicts.map(({ refusal }) => refusal?.code ?? 200)

describe("Membership.participate", () => {
  it("answers every person asked for, in order: added, 403, 409, 404", () => {
    const { world, alice, bob, dave, group, jid } = scene()
    const erin = world.addPerson()
    erin.privacy.groupadd = "none"
    const asked = [dave, erin.id, alice, undefined]
    const verdicts = resultOf(Membership.participate(world, bob, jid, "add", asked))
    expect(codes(verdicts)).toEqual([200, 403, 409, 404])
    expect(group.members.has(dave)).toBe(true)
    expect(group.members.has(erin.id)).toBe(false)
  })

  it("leaves a personal invitation where privacy refuses an add", () => {
    const { world, bob, dave, group, jid } = scene()
    world.profile(dave).privacy.groupadd = "contacts"
    const [verdict] = resultOf(Membership.participate(world, bob, jid, "add", [dave]))
    expect(group.addRequests.get(verdict?.addRequest ?? "")).toBe(dave)
  })

  it("adds somebody who lets contacts add them, once the adder is one", () => {
    const { world, bob, dave, jid } = scene()
    const profile = world.profile(dave)
    profile.privacy.groupadd = "contacts"
    profile.contacts.set(bob, "Bob")
    const verdicts = resultOf(Membership.participate(world, bob, jid, "add", [dave]))
    expect(codes(verdicts)).toEqual([200])
  })

  it("refuses to add somebody who blocked the adder with 403", () => {
    const { world, bob, dave, jid } = scene()
    world.profile(dave).blocked.add(bob)
    const verdicts = resultOf(Membership.participate(world, bob, jid, "add", [dave]))
    expect(codes(verdicts)).toEqual([403])
  })

  it("refuses whoever does not fit into the group with 419", () => {
    const { world, bob, dave, jid } = scene({ capacity: 3 })
    const verdicts = resultOf(Membership.participate(world, bob, jid, "add", [dave]))
    expect(codes(verdicts)).toEqual([419])
  })

  it("tells nobody when nothing changed", () => {
    const { world, bob, jid } = scene()
    expect(noticesOf(Membership.participate(world, bob, jid, "add", [undefined]))).toEqual([])
  })

  it("lets plain members add people only in the mode that says so", () => {
    const { world, alice, dave, jid, group } = scene()
    expect(codeOf(Membership.participate(world, alice, jid, "add", [dave]))).toBe(401)
    group.memberAddMode = "all_member_add"
    expect(codeOf(Membership.participate(world, alice, jid, "add", [dave]))).toBeUndefined()
  })

  it.each(["remove", "promote", "demote"] as const)("%s is for admins in every mode", (kind) => {
    const { world, alice, carol, jid } = scene({ memberAddMode: "all_member_add" })
    expect(codeOf(Membership.participate(world, alice, jid, kind, [carol]))).toBe(401)
  })

  it("promotes and demotes, and says which role the person has now", () => {
    const { world, alice, bob, group, jid } = scene()
    const [promoted] = noticesOf(Membership.participate(world, bob, jid, "promote", [alice]))
    const participants = [{ person: alice, role: "admin" }]
    expect(promoted?.change).toEqual({ kind: "promote", participants })
    resultOf(Membership.participate(world, bob, jid, "demote", [alice]))
    expect(group.members.get(alice)?.role).toBeUndefined()
  })

  it("protects the creator from other admins with 406", () => {
    const { world, alice, bob, jid } = scene()
    resultOf(Membership.participate(world, bob, jid, "promote", [alice]))
    const verdicts = resultOf(Membership.participate(world, alice, jid, "remove", [bob]))
    expect(codes(verdicts)).toEqual([406])
  })

  it("tells the removed person too", () => {
    const { world, alice, bob, jid } = scene()
    const [notice] = noticesOf(Membership.participate(world, bob, jid, "remove", [alice]))
    expect(notice?.to).toContain(alice)
  })

  it("refuses a stranger with 403 and an unknown group with 404", () => {
    const { world, bob, dave, jid } = scene()
    expect(codeOf(Membership.participate(world, dave, jid, "add", [dave]))).toBe(403)
    expect(codeOf(Membership.participate(world, bob, "x@g.us", "add", [dave]))).toBe(404)
  })
})

describe("Membership.create", () => {
  it("makes the actor superadmin and answers for everybody asked", () => {
    const { world, alice, bob, dave } = scene()
    world.profile(dave).privacy.groupadd = "none"
    const asked = [bob, dave, undefined]
    const { group, verdicts } = resultOf(Membership.create(world, alice, "New", asked))
    expect(codes(verdicts)).toEqual([200, 403, 404])
    expect([...group.members].map(([id, { role }]) => [id, role])).toEqual([
      [alice, "superadmin"],
      [bob, undefined],
    ])
  })

  it("refuses a group without a subject with 406", () => {
    const { world, alice } = scene()
    expect(codeOf(Membership.create(world, alice, "", []))).toBe(406)
  })
})

describe("Membership.leave", () => {
  it("takes the person out and tells those who stay and the one who left", () => {
    const { world, alice, bob, carol, jid } = scene()
    const [notice] = noticesOf(Membership.leave(world, alice, jid))
    expect(notice?.to).toEqual([bob, carol, alice])
    expect(codeOf(Membership.leave(world, alice, jid))).toBe(403)
  })
})

describe("Membership.disband", () => {
  it("ends the group for everybody", () => {
    const { world, alice, bob, carol, jid } = scene()
    const [notice] = noticesOf(Membership.disband(world, bob, jid))
    expect(notice?.to).toEqual([bob, alice, carol])
    expect(codeOf(Membership.disband(world, bob, jid))).toBe(404)
  })

  it("is for admins only", () => {
    const { world, alice, jid } = scene()
    expect(codeOf(Membership.disband(world, alice, jid))).toBe(401)
  })
})

describe("Membership.tag", () => {
  it("belongs to the member and can be cleared", () => {
    const { world, alice, group, jid } = scene()
    resultOf(Membership.tag(world, alice, jid, "Treasurer"))
    expect(group.members.get(alice)?.label).toBe("Treasurer")
    resultOf(Membership.tag(world, alice, jid, undefined))
    expect(group.members.get(alice)?.label).toBeUndefined()
  })

  it("refuses a stranger with 403", () => {
    const { world, dave, jid } = scene()
    expect(codeOf(Membership.tag(world, dave, jid, "Spy"))).toBe(403)
  })
})

describe("Membership.renumber", () => {
  it("keeps the LID, frees the old number, and tells every group", () => {
    const { world, alice, jid } = scene()
    const oldPn = world.profile(alice).pn
    const [notice] = noticesOf(Membership.renumber(world, alice, "15559990000"))
    expect(notice).toMatchObject({ group: { jid }, change: { kind: "modify", oldPn } })
    expect(world.personByNumber("15559990000")?.id).toBe(alice)
    expect(world.personByNumber(oldPn)).toBeUndefined()
  })

  it("refuses a number somebody has with 409", () => {
    const { world, alice, bob } = scene()
    expect(codeOf(Membership.renumber(world, alice, world.profile(bob).pn))).toBe(409)
  })
})
