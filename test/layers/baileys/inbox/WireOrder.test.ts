import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import { keepWireOrder } from "../../../../layers/baileys/inbox/WireOrder.ts"
import {
  type BinaryNode,
  DEFAULT_CONNECTION_CONFIG,
  type WASocket,
} from "../../../../layers/baileys/Vendor.ts"
import { type Auth, Client } from "../../../emulator/support/Client.ts"
import { closing, eventually, stage } from "../../../emulator/support/Stage.ts"

const emulator = await stage()
const bob = emulator.addPerson({ name: "Bob" })

const backlog = 10

/** A client that opens no message of a group until one has come that was not queued. */
const held = (auth: Auth) => {
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const client = new Client(emulator, auth, {
    makeSignalRepository: (...args) => {
      const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(...args)
      const { decryptGroupMessage } = repository
      repository.decryptGroupMessage = (message) =>
        arrived.then(() => decryptGroupMessage.call(repository, message))
      return repository
    },
  })
  client.socket.ws.prependListener("CB:message", ({ attrs }: BinaryNode) => {
    if ((attrs["offline"] ?? "live") === "live") setImmediate(arrive)
  })
  return closing(client)
}

/** What becomes of a group's messages when one more is sent while those of a long absence are read. */
const readAll = async (remedy: (socket: WASocket) => void) => {
  const me = emulator.addPerson()
  const group = emulator.addGroup({ subject: "Club", owner: bob, members: [me] })
  const first = await Client.link(emulator, me)
  await eventually(() => emulator.unsettled(me).length === 0 || undefined, "reading history")
  await first.end()
  await eventually(() => !emulator.isOnline(me) || undefined, "going offline")
  const sent: Array<string> = []
  for (let nth = 0; nth < backlog; nth += 1)
    sent.push(await emulator.sendText(bob, group, `queued ${nth}`))
  const client = held(first.auth)
  remedy(client.socket)
  await eventually(() => emulator.isOnline(me) || undefined, "logging in")
  sent.push(await emulator.sendText(bob, group, "live"))
  await eventually(() => {
    const settled = new Set(emulator.settled(me).map(({ id }) => id))
    return sent.every((id) => settled.has(id)) || undefined
  }, "reading all")
  const again = [...me.companions.values()].flatMap(({ askedAgain }) => [...askedAgain])
  const order = emulator.settled(me).flatMap(({ id }) => (sent.includes(id) ? [id] : []))
  return { sent, order, again }
}

describe("wire order", () => {
  it("marks what is live as if it had been queued, and leaves the queue's own mark", () => {
    const ws = new EventEmitter()
    const seen: Array<string | undefined> = []
    ws.on("CB:message", ({ attrs }: BinaryNode) => seen.push(attrs["offline"]))
    keepWireOrder({ ws } as unknown as WASocket)
    ws.emit("CB:message", { tag: "message", attrs: { id: "1" } })
    ws.emit("CB:message", { tag: "message", attrs: { id: "2", offline: "1" } })
    expect(seen).toEqual(["live", "1"])
  })
})

describe("a message of a group that is sent while a backlog is read", () => {
  it("is read after it, and everything opens at once", async () => {
    const { again, order, sent } = await readAll(keepWireOrder)
    expect(order).toEqual(sent)
    expect(again).toEqual([])
  })

  it("overtakes it, as the library comes, and what it has overtaken does not open", async () => {
    const { again } = await readAll(() => {})
    expect(again.length).toBeGreaterThan(0)
  })
})
