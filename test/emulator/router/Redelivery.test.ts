import { describe, expect, it } from "vitest"
import type { BinaryNode } from "@whiskeysockets/baileys"
import { Client } from "../support/Client.ts"
import { closing, eventually, stage } from "../support/Stage.ts"

const emulator = await stage()
const bob = emulator.addPerson({ name: "Bob" })

const linked = async () => {
  const person = emulator.addPerson()
  const group = emulator.addGroup({ subject: "Club", owner: bob, members: [person] })
  const client = await Client.link(emulator, person)
  await eventually(() => emulator.unsettled(person).length === 0 || undefined, "reading history")
  return { person, group, client }
}

const upserts = (client: Client) =>
  client
    .events("messages.upsert")
    .flatMap(({ type, messages }) =>
      messages.map(({ message, key }) => ({ type, id: key.id, text: message?.conversation })),
    )

const received = (client: Client, text: string) =>
  client.until(() => upserts(client).find((one) => one.text === text), text)

describe("What happens while a device is away", () => {
  it("reaches it after the next login, in order", async () => {
    const { person, group, client } = await linked()
    await client.end()
    await eventually(() => !emulator.isOnline(person) || undefined, "going offline")
    emulator.as(bob).rename(group, "While away")
    for (const text of ["one", "two"]) await emulator.sendText(bob, person, text)
    await emulator.sendText(bob, group, "three")
    const again = closing(await Client.login(emulator, client.auth))
    await again.event("groups.update", (all) => all.some((one) => one.subject === "While away"))
    expect((await received(again, "three")).type).toBe("append")
    const texts = upserts(again).flatMap(({ text }) => text ?? [])
    expect(texts).toEqual(["one", "two", "three"])
    await eventually(() => emulator.unsettled(person).length === 0 || undefined, "settling")
  })
})

describe("What a device neither receipted nor acked", () => {
  it("comes again with offline set after every login", async () => {
    const { person, client } = await linked()
    client.socket.ws.removeAllListeners("CB:message")
    const id = await emulator.sendText(bob, person, "ignored")
    await eventually(() => emulator.unsettled(person).length === 1 || undefined, "sending")
    await client.end()
    for (const attempt of [1, 2]) {
      const deaf = new Client(emulator, client.auth)
      const offered: Array<BinaryNode> = []
      deaf.socket.ws.removeAllListeners("CB:message")
      deaf.socket.ws.on("CB:message", (node: BinaryNode) => offered.push(node))
      await eventually(() => offered[0], `offer ${attempt}`)
      expect(offered.map(({ attrs }) => [attrs["id"], attrs["offline"]])).toEqual([[id, "1"]])
      await deaf.end()
    }
    const hearing = closing(await Client.login(emulator, client.auth))
    await received(hearing, "ignored")
    await eventually(() => emulator.unsettled(person).length === 0 || undefined, "settling")
    const settled = emulator.settled(person).filter((one) => one.id === id)
    expect(settled.map(({ first }) => first)).toEqual([true])
  })
})

describe("A message a device cannot decrypt", () => {
  it("is encrypted anew, under the same id, when the device asks for a retry", async () => {
    const { person, client } = await linked()
    closing(client)
    await emulator.sendText(bob, person, "starts a session")
    await received(client, "starts a session")
    const session = `${bob.lid}_1.0`
    expect(client.auth.keys.get("session", [session])).toHaveProperty([session])
    await client.socket.authState.keys.set({ session: { [session]: null } })
    const id = await emulator.sendText(bob, person, "lost once")
    expect((await received(client, "lost once")).id).toBe(id)
    const settled = emulator.settled(person).filter((one) => one.id === id)
    expect(settled.map(({ how }) => how)).toContain("nack:500")
  })

  it("is encrypted anew in a group as well", async () => {
    const { person, group, client } = await linked()
    closing(client)
    await emulator.sendText(bob, group, "shares the key")
    await received(client, "shares the key")
    const senderKey = `${group.jid}::${bob.lid}_1::0`
    expect(client.auth.keys.get("sender-key", [senderKey])).toHaveProperty([senderKey])
    await client.socket.authState.keys.set({ "sender-key": { [senderKey]: null } })
    const id = await emulator.sendText(bob, group, "lost in the group")
    expect((await received(client, "lost in the group")).id).toBe(id)
    expect(emulator.settled(person).some((one) => one.id === id)).toBe(true)
  })
})
