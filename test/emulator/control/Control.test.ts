import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, stage } from "../support/Stage.ts"

const emulator = await stage({ seed: 5 })
const twin = await stage({ seed: 5 })

const call = async (method: string, path: string, body?: unknown, to = emulator) => {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
  const response = await fetch(`${to.controlUrl}${path}`, init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const post = async (path: string, body: unknown) => (await call("POST", path, body)).body
const act = (as: unknown, verb: string, more: object = {}) =>
  call("POST", "/act", { as, do: verb, ...more })

describe("The control API", () => {
  it("makes the same world twice from one seed and one call", async () => {
    const crowd = { people: 20, groups: 5, members: 8 }
    const worlds = await Promise.all(
      [emulator, twin].map(async (one) => {
        await call("POST", "/populate", crowd, one)
        return (await call("GET", "/world", undefined, one)).body
      }),
    )
    expect(worlds[0]).toEqual(worlds[1])
    expect(worlds[0]?.["people"]).toHaveLength(20)
    expect(worlds[0]?.["groups"]).toHaveLength(5)
  })

  it("links a client, acts as others, sends texts and shows what came back", async () => {
    const alice = await post("/people", { pn: "15550000001", name: "Alice" })
    const bob = await post("/people", { pn: "15550000002", name: "Bob" })
    const group = await post("/groups", {
      subject: "Club",
      owner: bob["pn"],
      members: [alice["pn"]],
      announce: false,
    })
    const first = new Client(emulator)
    const linked = await post("/scan", { person: alice["pn"], qr: await first.qr() })
    expect(linked).toEqual({ device: 1 })
    await first.closeCode()
    const client = closing(await Client.login(emulator, first.auth))
    await post("/text", { from: bob["pn"], to: alice["pn"], text: "to you" })
    await post("/text", { from: bob["pn"], to: group["jid"], text: "to all" })
    await act(bob["pn"], "rename", { group: group["jid"], subject: "Over HTTP" })
    for (const text of ["to you", "to all"]) {
      await client.event("messages.upsert", ({ messages }) =>
        messages.some(({ message }) => message?.conversation === text),
      )
    }
    await client.event("groups.update", ([update]) => update?.subject === "Over HTTP")
    await client.socket.sendMessage(`${bob["pn"]}@s.whatsapp.net`, { text: "back" })
    await expect
      .poll(async () => JSON.stringify((await call("GET", "/inbox")).body))
      .toContain('"text":"back"')
    const seen = await call("GET", "/person?person=15550000001")
    expect(seen.body).toMatchObject({ name: "Alice", online: true, devices: [1] })
    await post("/kick", { person: alice["pn"], kind: "unavailable" })
    expect(await client.closeCode()).toBe(503)
  })

  it("links by code", async () => {
    const erin = await post("/people", { pn: "15550000005" })
    const client = new Client(emulator)
    await client.qr()
    const code = await client.socket.requestPairingCode("15550000005")
    expect(await post("/code", { person: erin["pn"], code })).toEqual({ device: 1 })
    expect(await client.closeCode()).toBe(515)
    await post("/refuse-login", { person: erin["pn"], reason: 403 })
    expect(await new Client(emulator, client.auth).closeCode()).toBe(403)
  })

  it("knows every verb, with WhatsApp's code when the world refuses", async () => {
    const [ann, ben] = [await post("/people", {}), await post("/people", {})]
    const made = await act(ann["pn"], "createGroup", { subject: "Made", people: [ben["lid"]] })
    const { jid: group } = made.body["group"] as { jid: string }
    expect(made.body["verdicts"]).toEqual([{ person: ben["lid"], code: 200 }])
    const steps: Array<[unknown, string, object]> = [
      [ann["pn"], "describe", { text: "about" }],
      [ann["pn"], "announce", { on: true }],
      [ann["pn"], "lock", { on: true }],
      [ann["pn"], "setApproval", { on: true }],
      [ann["pn"], "setMemberAddMode", { mode: "all_member_add" }],
      [ann["pn"], "setEphemeral", { seconds: 60 }],
      [ann["pn"], "setPicture", { image: "AAAA" }],
      [ann["pn"], "promote", { people: [ben["pn"]] }],
      [ann["pn"], "demote", { people: [ben["pn"]] }],
      [ben["pn"], "tag", { label: "Ben" }],
      [ben["pn"], "leave", {}],
    ]
    for (const [as, verb, more] of steps) {
      expect([verb, (await act(as, verb, { group, ...more })).status]).toEqual([verb, 200])
    }
    const { code } = (await act(ann["pn"], "inviteCode", { group })).body
    expect((await act(ben["pn"], "join", { code })).body).toEqual({ group, pending: true })
    const approved = await act(ann["pn"], "approve", { group, people: [ben["pn"]] })
    expect(approved.body).toEqual([{ person: ben["lid"], code: 200 }])
    const refused = await act(ben["pn"], "lock", { group, on: false })
    expect(refused).toEqual({ status: 422, body: { error: "not-authorized", code: 401 } })
  })

  it("goes down for a while and keeps the world", async () => {
    const { pn } = await post("/people", { name: "Survivor" })
    await post("/down", { milliseconds: 50 })
    const alive = () => call("GET", `/person?person=${pn}`).catch(() => undefined)
    await expect.poll(alive).toBeUndefined()
    await expect.poll(alive).toMatchObject({ body: { name: "Survivor" } })
  })

  it("says what is wrong with a call nobody can make", async () => {
    expect((await call("POST", "/text", { from: "1" })).status).toBe(400)
    expect((await call("POST", "/kick", { person: "15550000001", kind: "hard" })).status).toBe(400)
    expect((await act("15550000001", "fly")).body["error"]).toContain("fly")
    expect((await call("GET", "/nothing")).status).toBe(404)
  })

  it("makes faults, and lists what went wrong", async () => {
    expect((await call("POST", "/fault", { xmlns: "w:p", drop: true, times: 3 })).status).toBe(200)
    expect((await call("DELETE", "/faults")).status).toBe(200)
    expect((await call("GET", "/problems")).body).toEqual({ unsupported: [], failures: [] })
  })
})
