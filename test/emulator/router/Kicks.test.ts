import type { Socket } from "node:net"
import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, eventually, stage } from "../support/Stage.ts"
import type { Kick } from "./Kicks.ts"

const emulator = await stage()
const alice = emulator.addPerson()
const { auth } = closing(await Client.link(emulator, alice))

/** A fresh login; it replaces whichever connection the account had. */
const login = async () => closing(await Client.login(emulator, auth))

describe("A kick ends the connection with its close code", () => {
  const kicks: Array<[Kick, number]> = [
    ["replaced", 440],
    ["restart", 515],
    ["unavailable", 503],
    ["uncoded", 500],
    ["locked", 403],
    ["downgraded", 411],
    ["end", 428],
    ["timedOut", 408],
    ["drop", 428],
    ["reset", 428],
  ]

  it.each(kicks)("%s: %i", async (kind, code) => {
    const client = await login()
    emulator.kick(alice, kind)
    expect(await client.closeCode()).toBe(code)
    await eventually(() => !emulator.isOnline(alice) || undefined, "going offline")
  })

  it("reset: as a true reset, which TCP tells from an end", async () => {
    const client = await login()
    const line = lineOf(client)
    // What is unread when a connection ends makes any end a reset.
    await client.socket.query(ping("quiet"), 2_000)
    const failure = new Promise((resolve) => line.once("error", resolve))
    const end = new Promise((resolve) => line.once("end", () => resolve("an end")))
    emulator.kick(alice, "reset")
    expect(await Promise.race([failure, end])).toMatchObject({ code: "ECONNRESET" })
  })

  it("removed: 401, and the device never logs in again", async () => {
    const person = emulator.addPerson()
    const client = await Client.link(emulator, person)
    emulator.kick(person, "removed")
    expect(await client.closeCode()).toBe(401)
    expect(person.companions.size).toBe(0)
    expect(await new Client(emulator, client.auth).closeCode()).toBe(401)
  })

  it("a second login with the same credentials replaces the first: 440", async () => {
    const first = await login()
    const second = await login()
    expect(await first.closeCode()).toBe(440)
    expect(emulator.isOnline(alice)).toBe(true)
    await second.end()
  })
})

describe("A refused login", () => {
  it.each([401, 402, 403, 405, 406, 409, 411])("closes with %i, once", async (reason) => {
    emulator.refuseLogin(alice, reason)
    expect(await new Client(emulator, auth).closeCode()).toBe(reason)
    await (await login()).end()
  })

  it("carries what it was given, such as when a ban ends", async () => {
    emulator.refuseLogin(alice, 402, { attrs: { code: "101", expire: "3600" } })
    const client = new Client(emulator, auth)
    const update = await client.event("connection.update", (one) => one.connection === "close")
    const error = update.lastDisconnect?.error as { data?: unknown } | undefined
    expect(error?.data).toMatchObject({ reason: "402", code: "101", expire: "3600" })
  })
})

describe("A message that never ends", () => {
  it.each([65_536, 1])("in fragments of %i bytes ends the connection", async (bytes) => {
    const client = await login()
    expect(await emulator.babble(alice, bytes)).toBeGreaterThan(0)
    expect(await client.closeCode()).toBe(500)
  })
})

describe("A frozen link", () => {
  it("is neither answered nor closed, until it thaws", async () => {
    const client = await login()
    emulator.freeze(alice)
    await expect(client.socket.query(ping("unheard"), 200)).rejects.toThrow("Timed Out")
    expect(emulator.received.map(({ node }) => node.attrs["id"])).not.toContain("unheard")
    expect(emulator.isOnline(alice)).toBe(true)
    expect(client.socket.ws.isOpen).toBe(true)
    emulator.thaw(alice)
    expect(await client.socket.query(ping("heard"), 2_000)).toMatchObject({
      attrs: { type: "result" },
    })
  })

  it("keeps what was sent meanwhile for the next login", async () => {
    const bob = emulator.addPerson()
    const client = await login()
    emulator.freeze(alice)
    await emulator.sendText(bob, alice, "into the void")
    const again = await login()
    const found = await again.event("messages.upsert", ({ messages }) =>
      messages.some(({ message }) => message?.conversation === "into the void"),
    )
    expect(found.type).toBe("append")
    expect(client.socket.ws.isOpen).toBe(true)
  })
})

/** Below the library and its WebSocket. */
const lineOf = ({ socket }: Client): Socket =>
  Reflect.get(Reflect.get(socket.ws, "socket") as object, "_socket") as Socket

const ping = (id: string) => ({
  tag: "iq",
  attrs: { id, to: "s.whatsapp.net", type: "get", xmlns: "w:p" },
  content: [{ tag: "ping", attrs: {} }],
})
