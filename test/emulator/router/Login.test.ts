import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, stage } from "../support/Stage.ts"

const emulator = await stage()
const alice = emulator.addPerson({ name: "Alice" })
const bob = emulator.addPerson({ name: "Bob" })
const carol = emulator.addPerson({ name: "Carol" })
const dora = emulator.addPerson({ name: "Dora" })
const club = emulator.addGroup({ subject: "Club", owner: bob, members: [alice, carol] })
await emulator.as(carol).tag(club, "Treasurer")
await emulator.as(alice).addContact(bob, "Bobby Tables")
const client = closing(await Client.link(emulator, alice))

describe("A freshly linked device", () => {
  it("is told its groups with members' tags", async () => {
    const { chats } = await client.event("messaging-history.set", ({ chats }) => chats.length > 0)
    const chat = chats.find(({ id }) => id === club.jid)
    expect(chat?.name).toBe("Club")
    const tagged = chat?.participant?.find(({ userJid }) => userJid === carol.lidJid)
    expect(tagged?.memberLabel?.label).toBe("Treasurer")
  })

  it("is told names", async () => {
    const named = await client.event("messaging-history.set", ({ contacts }) =>
      contacts.some(({ notify }) => notify === "Carol"),
    )
    expect(named.contacts.map(({ id }) => id)).toContain(carol.pnJid)
  })

  it("learns which LID belongs to which number without asking", async () => {
    await client.event("messaging-history.set", ({ contacts }) => contacts.length > 0)
    expect(client.auth.keys.get("lid-mapping", [dora.pn])).toEqual({ [dora.pn]: dora.lid })
  })

  it("is handed the address book through app state", async () => {
    const saved = await client.until(
      () =>
        [
          ...client.events("contacts.upsert").flat(),
          ...client.events("messaging-history.set").flatMap(({ contacts }) => contacts),
        ].find(({ name }) => name === "Bobby Tables"),
      "the contact",
    )
    expect(saved.lid).toBe(bob.lidJid)
  })

  it("hears of contacts saved later", async () => {
    await emulator.as(alice).addContact(carol, "Carol C.")
    const [saved] = await client.event(
      "contacts.upsert",
      ([contact]) => contact?.name === "Carol C.",
    )
    expect(saved?.lid).toBe(carol.lidJid)
  })
})
