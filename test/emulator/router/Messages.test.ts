import type { GroupMetadata, proto } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, eventually, stage } from "../support/Stage.ts"

const emulator = await stage()
const alice = emulator.addPerson({ name: "Alice" })
const bob = emulator.addPerson({ name: "Bob" })
const carol = emulator.addPerson({ name: "Carol" })
const erin = emulator.addPerson({ name: "Erin" })
const club = emulator.addGroup({ subject: "Club", owner: bob, members: [alice, carol, erin] })
const stale = new Map<string, GroupMetadata>()
const cachedGroupMetadata = async (jid: string) => stale.get(jid)
const client = closing(await Client.link(emulator, alice, { cachedGroupMetadata }))
const { socket } = client

const textOf = (message: proto.IMessage | null | undefined) =>
  message?.conversation ?? message?.extendedTextMessage?.text

const incoming = async (text: string, reader = client) => {
  const all = () => reader.events("messages.upsert").flatMap(({ messages }) => messages)
  return reader.until(() => all().find(({ message }) => textOf(message) === text), text)
}

const read = (person: typeof bob, id: string | null | undefined) =>
  eventually(
    () => emulator.inbox.find((delivery) => delivery.to === person && delivery.id === id),
    `the message to ${person.name}`,
  )

const DELIVERED = 3

describe("Texts to the account", () => {
  it("arrive from a person, the first one and later ones", async () => {
    for (const text of ["first", "second"]) await emulator.sendText(bob, alice, text)
    const { key } = await incoming("first")
    expect(key).toMatchObject({ remoteJid: bob.pnJid, remoteJidAlt: bob.lidJid, fromMe: false })
    await incoming("second")
  })

  it("arrive in a group, with the sender's LID and number", async () => {
    for (const text of ["to all", "again"]) await emulator.sendText(carol, club, text)
    const { key } = await incoming("again")
    expect(key).toMatchObject({
      remoteJid: club.jid,
      participant: carol.lidJid,
      participantAlt: carol.pnJid,
    })
  })

  it("arrive in the order they were sent, even a sender's first ones sent at once", async () => {
    const texts = Array.from({ length: 10 }, (_, index) => `burst ${index}`)
    await Promise.all(texts.map((text) => emulator.sendText(erin, club, text)))
    await incoming("burst 9")
    const seen = client
      .events("messages.upsert")
      .flatMap(({ messages }) => messages.map(({ message }) => textOf(message)))
    expect(seen.filter((text) => text?.startsWith("burst"))).toEqual(texts)
  })

  it("are receipted, which the emulator remembers", async () => {
    const id = await emulator.sendText(bob, alice, "receipt me")
    await incoming("receipt me")
    const settlement = await eventually(
      () => emulator.settled(alice).find((one) => one.id === id),
      "the receipt",
    )
    expect(settlement).toMatchObject({ tag: "message", first: true })
    expect(settlement.how).toMatch(/^receipt:/)
  })

  it("come back as own messages when the owner writes them on the phone", async () => {
    await emulator.sendText(alice, bob, "from my phone")
    expect((await incoming("from my phone")).key).toMatchObject({
      remoteJid: bob.pnJid,
      fromMe: true,
    })
  })
})

describe("Texts of the account", () => {
  it("are decrypted by the other phone and by the owner's, and receipted", async () => {
    const sent = await socket.sendMessage(bob.pnJid, { text: "hi Bob" })
    expect(textOf((await read(bob, sent?.key.id)).message)).toBe("hi Bob")
    const copy = (await read(alice, sent?.key.id)).message?.deviceSentMessage?.message
    expect(textOf(copy)).toBe("hi Bob")
    expect(await client.status(sent?.key.id, DELIVERED)).toBeDefined()
  })

  it("are decrypted by every member of a group", async () => {
    const sent = await socket.sendMessage(club.jid, { text: "hi all" })
    for (const person of [bob, carol, erin]) {
      expect(textOf((await read(person, sent?.key.id)).message)).toBe("hi all")
    }
  })

  it("are refused in groups the account is not in: status 0 with 403", async () => {
    const secret = emulator.addGroup({ subject: "Secret", owner: bob, members: [alice] })
    stale.set(secret.jid, await socket.groupMetadata(secret.jid))
    emulator.as(bob).remove(secret, alice)
    const sent = await socket.sendMessage(secret.jid, { text: "let me in" })
    expect(await client.status(sent?.key.id, 0)).toMatchObject({ reasons: ["403"] })
  })

  it("are refused where only admins write: status 0 with 401", async () => {
    const news = emulator.addGroup({
      subject: "News",
      owner: bob,
      members: [alice],
      announce: true,
    })
    const sent = await socket.sendMessage(news.jid, { text: "hear me" })
    expect(await client.status(sent?.key.id, 0)).toMatchObject({ reasons: ["401"] })
  })
})

describe("A message of the account that a phone cannot decrypt", () => {
  it("is asked for again and read the second time", async () => {
    const first = await socket.sendMessage(carol.pnJid, { text: "starts a session" })
    await read(carol, first?.key.id)
    await emulator.loseSession(carol, alice)
    const sent = await socket.sendMessage(carol.pnJid, { text: "garbled at first" })
    expect((await read(carol, sent?.key.id)).error).toBeDefined()
    const copies = () => emulator.inbox.filter(({ to, id }) => to === carol && id === sent?.key.id)
    const readable = await eventually(() => copies().find(({ message }) => message), "the re-send")
    expect(textOf(readable.message)).toBe("garbled at first")
  })
})

describe("Member tags", () => {
  it("set by others arrive as an event", async () => {
    await emulator.as(carol).tag(club, "Captain")
    const tagged = await client.event("group.member-tag.update", ({ label }) => label === "Captain")
    expect(tagged).toMatchObject({ groupId: club.jid, participant: carol.lidJid })
  })

  it("set by the account reach members and the world", async () => {
    await socket.updateMemberLabel(club.jid, "Boss")
    await eventually(() => club.members.get(alice.id)?.label === "Boss" || undefined, "the tag")
    expect(club.members.get(alice.id)?.label).toBe("Boss")
  })
})

describe("Two real clients", () => {
  it("write to each other, one to one and in a group", async () => {
    const other = closing(await Client.link(emulator, erin))
    const direct = await socket.sendMessage(erin.pnJid, { text: "real to real" })
    expect((await incoming("real to real", other)).key.id).toBe(direct?.key.id)
    expect(await client.status(direct?.key.id, DELIVERED)).toBeDefined()
    await other.socket.sendMessage(club.jid, { text: "real to group" })
    expect((await incoming("real to group")).key.participant).toBe(erin.lidJid)
  })
})
