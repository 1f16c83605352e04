import { describe, expect, it } from "vitest"
import { codeOf, noticesOf, resultOf, scene } from "../support/Scene.ts"
import * as Settings from "./Settings.ts"

describe("Settings.rename", () => {
  it("lets any member of an open group rename it and tells everybody", () => {
    const { world, alice, bob, carol, group, jid } = scene()
    const [notice] = noticesOf(Settings.rename(world, alice, jid, "Crew"))
    expect(group).toMatchObject({ subject: "Crew", subjectBy: alice })
    expect(notice?.change).toMatchObject({ kind: "subject", subject: "Crew" })
    expect(notice?.to).toEqual([bob, alice, carol])
  })

  it("refuses a plain member of a locked group with 401 and changes nothing", () => {
    const { world, alice, group, jid } = scene({ locked: true })
    expect(codeOf(Settings.rename(world, alice, jid, "Crew"))).toBe(401)
    expect(group.subject).toBe("Club")
  })

  it("refuses a stranger with 403", () => {
    const { world, dave, jid } = scene()
    expect(codeOf(Settings.rename(world, dave, jid, "Crew"))).toBe(403)
  })

  it("refuses an unknown group with 404", () => {
    const { world, alice } = scene()
    expect(codeOf(Settings.rename(world, alice, "120363@g.us", "Crew"))).toBe(404)
  })

  it("refuses an empty or overlong subject with 406", () => {
    const { world, bob, jid } = scene()
    expect(codeOf(Settings.rename(world, bob, jid, ""))).toBe(406)
    expect(codeOf(Settings.rename(world, bob, jid, "x".repeat(101)))).toBe(406)
  })
})

describe("Settings.describe", () => {
  it("replaces only the description it names, and refuses others with 409", () => {
    const { world, bob, group, jid } = scene()
    resultOf(Settings.describe(world, bob, jid, { id: "1", body: "first" }))
    expect(codeOf(Settings.describe(world, bob, jid, { id: "2", body: "second" }))).toBe(409)
    resultOf(Settings.describe(world, bob, jid, { id: "2", body: "second", previous: "1" }))
    expect(group.description).toMatchObject({ id: "2", body: "second", by: bob })
  })

  it("removes the description when there is no body", () => {
    const { world, bob, group, jid } = scene()
    resultOf(Settings.describe(world, bob, jid, { id: "1", body: "first" }))
    resultOf(Settings.describe(world, bob, jid, { id: "2", body: undefined, previous: "1" }))
    expect(group.description).toBeUndefined()
  })

  it("refuses an overlong body with 406", () => {
    const { world, bob, jid } = scene()
    const body = "x".repeat(2_049)
    expect(codeOf(Settings.describe(world, bob, jid, { id: "1", body }))).toBe(406)
  })
})

describe("Settings for admins only", () => {
  const changes = [
    ["announce", Settings.announce, true],
    ["lock", Settings.lock, true],
    ["setApproval", Settings.setApproval, true],
    ["setMemberAddMode", Settings.setMemberAddMode, "all_member_add"],
  ] as const

  it.each(changes)("%s refuses a plain member with 401", (_, change, value) => {
    const { world, alice, jid } = scene()
    expect(codeOf(change(world, alice, jid, value as never))).toBe(401)
  })

  it("each change what they are named after", () => {
    const { world, bob, group, jid } = scene()
    for (const [, change, value] of changes) resultOf(change(world, bob, jid, value as never))
    expect(group).toMatchObject({
      announce: true,
      locked: true,
      approval: true,
      memberAddMode: "all_member_add",
    })
  })

  it("setMemberAddMode refuses a mode nobody knows with 406", () => {
    const { world, bob, jid } = scene()
    expect(codeOf(Settings.setMemberAddMode(world, bob, jid, "anybody"))).toBe(406)
  })
})

describe("Settings.setEphemeral", () => {
  it("accepts whole seconds and refuses anything else with 406", () => {
    const { world, alice, group, jid } = scene()
    resultOf(Settings.setEphemeral(world, alice, jid, 86_400))
    expect(group.ephemeral).toBe(86_400)
    expect(codeOf(Settings.setEphemeral(world, alice, jid, Number.NaN))).toBe(406)
  })
})

describe("Settings.setPicture", () => {
  it("gives every picture another id, and none once it is removed", () => {
    const { world, alice, group, jid } = scene()
    const first = resultOf(Settings.setPicture(world, alice, jid, true))
    const second = resultOf(Settings.setPicture(world, alice, jid, true))
    expect(second).not.toBe(first)
    resultOf(Settings.setPicture(world, alice, jid, false))
    expect(group.picture).toBeUndefined()
  })
})

describe("Settings.setParent", () => {
  it("links a group into a community and unlinks it again", () => {
    const { world, bob, group, jid } = scene()
    const parent = world.addGroup({ subject: "Town", owner: bob, community: true })
    const [link] = noticesOf(Settings.setParent(world, bob, jid, parent.jid))
    expect(link?.change).toEqual({ kind: "link", parent: parent.jid })
    const [unlink] = noticesOf(Settings.setParent(world, bob, jid, undefined))
    expect(unlink?.change).toEqual({ kind: "unlink", parent: parent.jid })
    expect(group.parent).toBeUndefined()
  })

  it("refuses to unlink a group that is in no community with 409", () => {
    const { world, bob, jid } = scene()
    expect(codeOf(Settings.setParent(world, bob, jid, undefined))).toBe(409)
  })
})
