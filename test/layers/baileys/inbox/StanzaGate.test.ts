import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import { gateStanzas, isUnencrypted } from "../../../../layers/baileys/inbox/StanzaGate.ts"
import { cut } from "../../../../layers/baileys/Socket.ts"
import type { BinaryNode, WASocket } from "../../../../layers/baileys/Vendor.ts"
import { Client } from "../../../emulator/support/Client.ts"
import { eventually, stage as emulated } from "../../../emulator/support/Stage.ts"

const turn = () => new Promise((resolve) => setImmediate(resolve))

const notice = (id: string): BinaryNode => ({
  tag: "notification",
  attrs: { id, type: "w:gp2", from: "120363021234567890@g.us" },
})
const encrypted = (id: string): BinaryNode => ({
  tag: "message",
  attrs: { id },
  content: [{ tag: "enc", attrs: { type: "msg" }, content: new Uint8Array(1) }],
})
const plain = (id: string): BinaryNode => ({
  tag: "message",
  attrs: { id },
  content: [{ tag: "plaintext", attrs: {}, content: new Uint8Array(1) }],
})

/** A gate between a line and something that handles what comes through, each telling what it does. */
const stage = (
  save: (stanza: BinaryNode) => Promise<void>,
  handle: (stanza: BinaryNode) => void = () => {},
) => {
  const ws = new EventEmitter()
  const said: Array<string> = []
  for (const event of ["CB:message", "CB:notification"])
    ws.on(event, (stanza: BinaryNode) => {
      handle(stanza)
      said.push(`handled ${stanza.attrs["id"]}`)
    })
  gateStanzas({ ws } as unknown as WASocket, {
    mustSave: isUnencrypted,
    save: async (stanza) => {
      await save(stanza)
      said.push(`saved ${stanza.attrs["id"]}`)
    },
    onShut: () => said.push("shut"),
  })
  const receive = (stanza: BinaryNode) => ws.emit(`CB:${stanza.tag}`, stanza)
  return { said, receive, ws }
}

describe("the gate", () => {
  it("saves what must be saved before it is handled, and keeps the order", async () => {
    const { receive, said } = stage(turn as never)
    for (const stanza of [notice("1"), encrypted("2"), plain("3")]) receive(stanza)
    for (let nth = 0; nth < 10; nth += 1) await turn()
    expect(said).toEqual(["saved 1", "handled 1", "handled 2", "saved 3", "handled 3"])
  })

  it("lets nothing through any more once something could not be saved", async () => {
    const { receive, said } = stage(() => Promise.reject(new Error("the database is away")))
    for (const stanza of [encrypted("1"), notice("2"), encrypted("3"), notice("4")]) receive(stanza)
    for (let nth = 0; nth < 10; nth += 1) await turn()
    expect(said).toEqual(["handled 1", "shut"])
  })

  it("ends the socket when a listener breaks down, instead of living on deaf", async () => {
    const { receive, said } = stage(
      async () => {},
      ({ attrs }) => {
        if (attrs["id"] === "2") throw new Error("no such thing")
      },
    )
    for (const stanza of [encrypted("1"), encrypted("2"), notice("3")]) receive(stanza)
    for (let nth = 0; nth < 10; nth += 1) await turn()
    expect(said).toEqual(["handled 1", "shut"])
  })
})

const emulator = await emulated()
const bob = emulator.addPerson({ name: "Bob" })

const ping: BinaryNode = {
  tag: "iq",
  attrs: { to: "s.whatsapp.net", xmlns: "w:p", type: "get" },
}

/** A group gets a new subject, and the connection dies the moment anybody is told of it. */
const dyingOf = async (follow: (client: Client, die: () => void) => void) => {
  const me = emulator.addPerson()
  const group = emulator.addGroup({ subject: "Club", owner: bob, members: [me] })
  const first = await Client.link(emulator, me)
  await eventually(() => emulator.unsettled(me).length === 0 || undefined, "reading history")
  await first.end()
  await eventually(() => !emulator.isOnline(me) || undefined, "going offline")
  const client = new Client(emulator, first.auth)
  follow(client, () => void cut(client.socket))
  await client.event("connection.update", ({ connection }) => connection === "open")
  emulator.as(bob).rename(group, "Choir")
  await client.closeCode()
  await eventually(() => !emulator.isOnline(me) || undefined, "dying")
  return emulator.unsettled(me).map(({ tag }) => tag)
}

describe("a change of a group that a connection dies of", () => {
  it("comes again: it is saved before it is acked", async () => {
    const left = await dyingOf(({ socket }, die) => {
      gateStanzas(socket, {
        mustSave: isUnencrypted,
        save: async () => {
          // An ack that did not wait would have arrived before this does.
          await socket.query(ping)
          die()
          return new Promise(() => {})
        },
        onShut: () => {},
      })
    })
    expect(left).toEqual(["notification"])
  })

  it("is gone, as the library comes: it is acked before anybody is told", async () => {
    const left = await dyingOf(({ socket }, die) => {
      socket.ev.on("groups.update", (all) => {
        if (all.some(({ subject }) => subject === "Choir")) die()
      })
    })
    expect(left).toEqual([])
  })
})
