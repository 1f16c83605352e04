import { describe, expect, it } from "vitest"
import { Emulator } from "./Emulator.ts"
import { Client } from "./support/Client.ts"
import { closing, eventually, stage } from "./support/Stage.ts"

const emulator = await stage()

describe("Emulator", () => {
  it("refuses connections while it is down, and remembers everything when it is back", async () => {
    const alice = emulator.addPerson()
    const client = await Client.link(emulator, alice)
    await emulator.goDown()
    expect(await client.closeCode()).toBe(428)
    expect(await new Client(emulator, client.auth).closeCode()).toBe(408)
    await emulator.comeBack()
    closing(await Client.login(emulator, client.auth))
    expect(emulator.isOnline(alice)).toBe(true)
  })

  it("calls back the moment a device takes responsibility for a message", async () => {
    const [bob, carol] = [emulator.addPerson(), emulator.addPerson()]
    closing(await Client.link(emulator, carol))
    const settled: Array<string> = []
    const stop = emulator.onSettled((companion, { id }) => {
      if (companion.person === carol) settled.push(id)
    })
    const id = await emulator.sendText(bob, carol, "hello")
    await eventually(() => settled.includes(id) || undefined, "settling")
    stop()
    expect(emulator.unsettled(carol).map(({ attrs }) => attrs["id"])).not.toContain(id)
  })

  it("pushes any stanza: a dirty bit makes the client read its groups again", async () => {
    const dave = emulator.addPerson()
    const client = closing(await Client.link(emulator, dave))
    const group = emulator.addGroup({ subject: "Unannounced", owner: dave })
    const dirty = { tag: "dirty", attrs: { type: "groups", timestamp: "1" } }
    emulator.push(dave, { tag: "ib", attrs: {}, content: [dirty] })
    const found = await client.event("groups.update", (all) =>
      all.some(({ id }) => id === group.jid),
    )
    expect(found[0]?.subject).toBe("Unannounced")
  })

  it("fills a world in one call, with the given people in every group", async () => {
    const [eve, owner] = [emulator.addPerson(), emulator.addPerson()]
    const { people, groups } = emulator.populate({
      people: 30,
      groups: 6,
      members: 10,
      include: [eve],
      owner,
    })
    expect(people).toHaveLength(30)
    expect(groups.map(({ owner, members }) => [owner, members.size])).toEqual(
      Array.from({ length: 6 }, () => [owner.id, 12]),
    )
    const client = closing(await Client.link(emulator, eve))
    expect(Object.keys(await client.socket.groupFetchAllParticipating())).toHaveLength(6)
  })

  it("leaves nothing running once stopped", async () => {
    const other = await Emulator.start()
    const client = await Client.link(other, other.addPerson())
    let late = false
    other.server.later(20, () => void (late = true))
    await other.stop()
    expect(await client.closeCode()).toBe(428)
    await expect(fetch(`${other.controlUrl}/world`)).rejects.toThrow("fetch failed")
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(late).toBe(false)
  })
})
