import type { BinaryNode } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, eventually, stage } from "../support/Stage.ts"

const emulator = await stage()
const quiet = await stage({ echoToActor: false })
const alice = emulator.addPerson({ name: "Alice" })
const bob = emulator.addPerson({ name: "Bob" })
const client = closing(await Client.link(emulator, alice))
const notices: Array<BinaryNode> = []
client.socket.ws.on("CB:notification,type:w:gp2", (node: BinaryNode) => notices.push(node))

const shared = () => emulator.addGroup({ subject: "Club", owner: bob, members: [alice] })

const notice = (group: string, tag: string) =>
  eventually(
    () =>
      notices.find(
        ({ attrs, content }) =>
          attrs["from"] === group && Array.isArray(content) && content[0]?.tag === tag,
      ),
    `the notification ${tag}`,
  )

describe("What others do to a group", () => {
  it("renaming reaches the account with its author", async () => {
    emulator.as(bob).rename(shared(), "By Bob")
    const updates = await client.event("groups.update", (all) =>
      all.some(({ subject }) => subject === "By Bob"),
    )
    expect(updates[0]?.author).toBe(bob.lidJid)
  })

  it("promoting and removing the account reach it", async () => {
    const group = shared()
    emulator.as(bob).promote(group, alice)
    emulator.as(bob).remove(group, alice)
    for (const action of ["promote", "remove"]) {
      const update = await client.event(
        "group-participants.update",
        (update) => update.id === group.jid && update.action === action,
      )
      expect(update).toMatchObject({ author: bob.lidJid, participants: [{ id: alice.lidJid }] })
    }
  })

  it("adding the account to a new group reaches it", async () => {
    const { group } = emulator.as(bob).createGroup("Fresh", [alice])
    const [created] = await client.event("groups.upsert", ([one]) => one?.id === group.jid)
    expect(created?.author).toBe(bob.lidJid)
  })

  it("pictures reach it", async () => {
    const group = shared()
    emulator.as(bob).setPicture(group, Buffer.from("jpeg"))
    const [changed] = await client.event("contacts.update", ([one]) => one?.id === group.jid)
    expect(changed?.imgUrl).toBe("changed")
  })

  it("a change of number names the old one, the LID, and the new one", async () => {
    const group = shared()
    const frank = emulator.addPerson({ pn: "15557770001" })
    emulator.as(bob).add(group, frank)
    emulator.as(frank).changeNumber("15557770002")
    const { attrs, content } = await notice(group.jid, "modify")
    expect(attrs["participant_pn"]).toBe("15557770002@s.whatsapp.net")
    expect(content).toMatchObject([
      { content: [{ attrs: { jid: "15557770001@s.whatsapp.net", lid: frank.lidJid } }] },
    ])
  })

  it("disbanding reaches it", async () => {
    const group = shared()
    emulator.as(bob).disband(group)
    await notice(group.jid, "delete")
    expect(await client.socket.groupFetchAllParticipating()).not.toHaveProperty(group.jid)
  })

  it("linking into a community and out of it reach it", async () => {
    const [town, group] = [shared(), shared()]
    emulator.as(bob).setParent(group, town)
    emulator.as(bob).setParent(group, undefined)
    const parent = [{ content: [{ tag: "group", attrs: { jid: town.jid } }] }]
    expect(await notice(group.jid, "link")).toMatchObject({ content: parent })
    expect(await notice(group.jid, "unlink")).toMatchObject({ content: parent })
  })
})

describe("What the account does to a group", () => {
  it("is echoed to the device that did it, unless the emulator is told not to", async () => {
    const anna = quiet.addPerson()
    const silent = closing(await Client.link(quiet, anna))
    const other = closing(await Client.link(quiet, anna))
    const { id } = await silent.socket.groupCreate("Quiet", [])
    await silent.socket.groupUpdateSubject(id, "Quieter")
    await other.event("groups.update", ([update]) => update?.subject === "Quieter")
    expect(silent.events("groups.update").flat()).toEqual([])
    const { id: loud } = await client.socket.groupCreate("Loud", [])
    await client.socket.groupUpdateSubject(loud, "Louder")
    await client.event("groups.update", ([update]) => update?.subject === "Louder")
  })
})
