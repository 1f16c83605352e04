import { describe, expect, it } from "vitest"
import { resultOf, scene } from "../support/Scene.ts"
import { inviteCode } from "./Invites.ts"
import { setBlocked, setPrivacy } from "./Relations.ts"
import { rename } from "./Settings.ts"
import { World } from "./World.ts"

const lived = (seed: number) => {
  const world = new World(seed)
  const [alice, bob] = [world.addPerson(), world.addPerson()]
  const group = world.addGroup({ subject: "Club", owner: alice.id, members: [bob.id] })
  resultOf(rename(world, bob.id, group.jid, "Crew"))
  resultOf(inviteCode(world, alice.id, group.jid))
  return { dump: world.dump(), message: world.ids.message() }
}

describe("World", () => {
  it("is the same for the same seed and the same calls", () => {
    expect(lived(42)).toEqual(lived(42))
  })

  it("is another one for another seed", () => {
    expect(lived(42)).not.toEqual(lived(43))
  })

  it("calls people and groups the same whatever passed over the wire before", () => {
    const [quiet, busy] = [new World(42), new World(42)]
    for (let message = 0; message < 10; message++) busy.ids.message()
    expect(busy.addPerson()).toEqual(quiet.addPerson())
  })

  it("dumps as JSON without loss", () => {
    const { world } = scene()
    expect(JSON.parse(JSON.stringify(world.dump()))).toEqual(world.dump())
  })

  it("gives nobody a number or LID that is taken", () => {
    const { world, alice } = scene()
    const { pn } = world.profile(alice)
    expect(() => world.addPerson({ pn })).toThrow("already has")
    expect(() => world.addPerson({ lid: alice })).toThrow("already has")
  })
})

describe("Relations", () => {
  it("block and unblock as often as asked", () => {
    const { world, alice, bob } = scene()
    resultOf(setBlocked(world, alice, bob, true))
    resultOf(setBlocked(world, alice, bob, true))
    expect([...world.profile(alice).blocked]).toEqual([bob])
    resultOf(setBlocked(world, alice, bob, false))
    expect(world.profile(alice).blocked.size).toBe(0)
  })

  it("refuse to block nobody with 404, and a privacy nobody knows with 406", () => {
    const { world, alice } = scene()
    expect(setBlocked(world, alice, undefined, true)).toMatchObject({ code: 404 })
    expect(setPrivacy(world, alice, "toString", "all")).toMatchObject({ code: 406 })
  })
})
