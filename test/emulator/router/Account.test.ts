import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, refusal, stage } from "../support/Stage.ts"

const emulator = await stage()
const alice = emulator.addPerson({ name: "Alice" })
const bob = emulator.addPerson({ name: "Bob" })
const group = emulator.addGroup({ subject: "Club", owner: alice, members: [bob] })
const client = closing(await Client.link(emulator, alice))
const { socket } = client
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

describe("The block list", () => {
  it("takes people in and lets them out, and tells the account's devices", async () => {
    await socket.updateBlockStatus(bob.pnJid, "block")
    await client.event("blocklist.update", ({ type }) => type === "add")
    expect(await socket.fetchBlocklist()).toEqual([bob.lidJid])
    await socket.updateBlockStatus(bob.lidJid, "unblock")
    await client.event("blocklist.update", ({ type }) => type === "remove")
    expect(await socket.fetchBlocklist()).toEqual([])
  })

  it("changes on the phone reach the devices", async () => {
    client.forget()
    emulator.as(alice).block(bob)
    const { blocklist } = await client.event("blocklist.update")
    expect(blocklist).toEqual([bob.lidJid])
    emulator.as(alice).block(bob, false)
  })
})

describe("Profiles", () => {
  it("keep privacy, about and name", async () => {
    await socket.updateGroupsAddPrivacy("contacts")
    expect(await socket.fetchPrivacySettings(true)).toMatchObject({ groupadd: "contacts" })
    await socket.updateProfileStatus("busy")
    await socket.updateProfileName("Alice G")
    expect(alice.profile).toMatchObject({ about: "busy", name: "Alice G" })
  })

  it("are found by number, and numbers nobody has are left out", async () => {
    const found = await socket.onWhatsApp(bob.pn, "19990000000")
    expect(found).toEqual([{ jid: bob.pnJid, exists: true }])
  })
})

describe("LIDs", () => {
  it("are found by number, and nobody has none", async () => {
    const carol = emulator.addPerson()
    const { lidMapping } = socket.signalRepository
    expect(await lidMapping.getLIDForPN(carol.pnJid)).toBe(carol.lidJid)
    expect(await lidMapping.getLIDForPN("19990000000@s.whatsapp.net")).toBeNull()
  })
})

describe("Pictures", () => {
  it("are 404 until set, then served, and 404 again once removed", async () => {
    expect(await refusal(socket.profilePictureUrl(group.jid))).toBe(404)
    await socket.updateProfilePicture(group.jid, Buffer.from(PIXEL, "base64"))
    const url = (await socket.profilePictureUrl(group.jid, "image")) ?? ""
    const image = Buffer.from(await (await fetch(url)).arrayBuffer())
    expect(image.subarray(0, 2).toString("hex")).toBe("ffd8")
    await client.event("contacts.update", ([one]) => one?.id === group.jid)
    await socket.removeProfilePicture(group.jid)
    expect(await refusal(socket.profilePictureUrl(group.jid))).toBe(404)
  })

  it("of people are 401 when their owner hides them", async () => {
    emulator.as(bob).setPrivacy("profile", "none")
    expect(await refusal(socket.profilePictureUrl(bob.pnJid))).toBe(401)
  })

  it("of the account itself can be set", async () => {
    await socket.updateProfilePicture(alice.pnJid, Buffer.from(PIXEL, "base64"))
    expect(alice.profile.picture).toBeDefined()
  })
})
