import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import { gateStanzas, isUnencrypted } from "../../../../layers/baileys/inbox/StanzaGate.ts"
import { keepWireOrder } from "../../../../layers/baileys/inbox/WireOrder.ts"
import type { BinaryNode, WASocket } from "../../../../layers/baileys/Vendor.ts"

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

describe("wire order", () => {
  it("marks what is live as if it had been queued, and leaves the queue's own mark", () => {
    const ws = new EventEmitter()
    const seen: Array<string | undefined> = []
    ws.on("CB:message", ({ attrs }: BinaryNode) => seen.push(attrs["offline"]))
    keepWireOrder({ ws } as unknown as WASocket)
    ws.emit("CB:message", encrypted("1"))
    ws.emit("CB:message", { ...encrypted("2"), attrs: { id: "2", offline: "1" } })
    expect(seen).toEqual(["live", "1"])
  })
})
