import type { BinaryNode } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, eventually, refusal, stage } from "../support/Stage.ts"

const emulator = await stage()
const alice = emulator.addPerson()
const bob = emulator.addPerson()
const group = emulator.addGroup({ subject: "Club", owner: alice, members: [bob] })
const client = closing(await Client.link(emulator, alice))
const { socket } = client

const ask = (tag: string, xmlns: string, timeout = 2_000) =>
  socket.query(
    {
      tag: "iq",
      attrs: { to: "s.whatsapp.net", type: "get", xmlns },
      content: [{ tag, attrs: {} }],
    },
    timeout,
  )

const rename = (subject: string) => ({
  tag: "iq",
  attrs: { to: group.jid, type: "set", xmlns: "w:g2" },
  content: [{ tag: "subject", attrs: {}, content: Buffer.from(subject) }],
})

describe("A fault", () => {
  it("with a code refuses the request, as often as it was told to", async () => {
    emulator.fault({ xmlns: "w:g2", child: "subject", code: 429, text: "rate-overlimit", times: 2 })
    for (const _ of [1, 2])
      expect(await refusal(socket.groupUpdateSubject(group.jid, "x"))).toBe(429)
    await socket.groupUpdateSubject(group.jid, "Third time")
    expect(group.subject).toBe("Third time")
  })

  it("carries attributes such as backoff", async () => {
    const errors: Array<BinaryNode> = []
    socket.ws.on("CB:iq,type:error", (node: BinaryNode) => errors.push(node))
    const attrs = { backoff: "60" }
    emulator.fault({ xmlns: "w:g2", code: 429, text: "rate-overlimit", attrs })
    expect(await refusal(socket.groupMetadata(group.jid))).toBe(429)
    expect(errors[0]?.content).toMatchObject([{ attrs: { code: "429", backoff: "60" } }])
  })

  it("hits only the person and the group it is about", async () => {
    const other = closing(await Client.link(emulator, bob))
    emulator.fault({ xmlns: "w:g2", to: group.jid, person: bob, code: 500, text: "broken" })
    expect(await socket.groupMetadata(group.jid)).toMatchObject({ id: group.jid })
    expect(await refusal(other.socket.groupMetadata(group.jid))).toBe(500)
  })

  it("that drops leaves the request unanswered", async () => {
    emulator.fault({ xmlns: "w:p", drop: true })
    await expect(ask("ping", "w:p", 200)).rejects.toThrow("Timed Out")
    expect(await ask("ping", "w:p")).toBeDefined()
  })

  it("that mutes carries the request out and leaves it unanswered", async () => {
    emulator.fault({ child: "subject", mute: true })
    const call = socket.query(rename("Unanswered"), 200)
    await expect(call).rejects.toThrow("Timed Out")
    expect(group.subject).toBe("Unanswered")
  })

  it("that kicks ends the connection under the request, carried out or not", async () => {
    const victim = emulator.addPerson()
    emulator.as(alice).add(group, victim)
    const first = await Client.link(emulator, victim)
    emulator.fault({ child: "subject", person: victim, kick: "drop" })
    await expect(first.socket.query(rename("Lost"), 2_000)).rejects.toBe(1006)
    expect(group.subject).not.toBe("Lost")
    const second = await Client.login(emulator, first.auth)
    emulator.fault({ child: "subject", person: victim, mute: true, kick: "unavailable" })
    void second.socket.query(rename("Kept"), 2_000).catch(() => undefined)
    expect(await second.closeCode()).toBe(503)
    expect(group.subject).toBe("Kept")
  })

  it("that delays holds up one request and not those behind it", async () => {
    emulator.fault({ xmlns: "w:p", delayMs: 150 })
    const order: Array<string> = []
    const late = ask("ping", "w:p").then(() => order.push("late"))
    await ask("props", "abt").then(() => order.push("early"))
    await late
    expect(order).toEqual(["early", "late"])
  })

  it("on a message makes the server refuse it: status 0 with the code", async () => {
    emulator.fault({ tag: "message", code: 479 })
    const sent = await socket.sendMessage(bob.pnJid, { text: "bad" })
    expect(await client.status(sent?.key.id, 0)).toMatchObject({ reasons: ["479"] })
  })

  it("is forgotten when faults are cleared", async () => {
    emulator.fault({ xmlns: "w:p", drop: true })
    emulator.clearFaults()
    expect(await ask("ping", "w:p")).toBeDefined()
  })

  it("of garbage leaves a link on which nothing decrypts any more", async () => {
    const victim = emulator.addPerson()
    const broken = closing(await Client.link(emulator, victim))
    const rejections = await unhandled(async () => {
      emulator.fault({ person: victim, xmlns: "w:g2", garbage: true })
      void broken.socket.groupFetchAllParticipating().catch(() => undefined)
    })
    expect(String(rejections)).toContain("unable to authenticate")
    expect(broken.socket.ws.isOpen).toBe(true)
  })
})

describe("A request nobody knows", () => {
  it("is answered 501 and fails the test", async () => {
    expect(await refusal(ask("mystery", "w:unheard-of"))).toBe(501)
    expect(() => emulator.assertClean()).toThrow("iq w:unheard-of get mystery")
    emulator.unsupported.length = 0
  })

  it("is found inside a known namespace as well", async () => {
    expect(await refusal(ask("mystery", "w:g2"))).toBe(501)
    expect(emulator.unsupported).toHaveLength(1)
    emulator.unsupported.length = 0
  })
})

/** Baileys decrypts in an unguarded listener, so a bad frame surfaces as an unhandled rejection. */
const unhandled = async (provoke: () => Promise<void>): Promise<Array<unknown>> => {
  const caught: Array<unknown> = []
  const others = process.listeners("unhandledRejection")
  process.removeAllListeners("unhandledRejection")
  process.on("unhandledRejection", (reason) => caught.push(reason))
  await provoke()
  await eventually(() => caught.length > 0 || undefined, "the unhandled rejection")
  process.removeAllListeners("unhandledRejection")
  for (const other of others) process.on("unhandledRejection", other)
  return caught
}
