import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, eventually, stage } from "../support/Stage.ts"

const emulator = await stage()

const firstDevice = (person: ReturnType<typeof emulator.addPerson>) => [
  ...person.companions.values(),
]

describe("Linking by QR", () => {
  it("goes through handshake, QR, signature, 515 and login to an open connection", async () => {
    const alice = emulator.addPerson({ pn: "15550000001", name: "Alice" })
    const first = new Client(emulator)
    await emulator.scanQr(await first.qr(), alice)
    expect(await first.closeCode()).toBe(515)
    const second = closing(await Client.login(emulator, first.auth))
    expect(second.socket.user).toMatchObject({
      id: "15550000001:1@s.whatsapp.net",
      lid: `${alice.lid}:1@lid`,
    })
    expect(firstDevice(alice)[0]?.preKeys.size).toBeGreaterThanOrEqual(805)
  })

  it("refuses a QR nobody shows", async () => {
    const alice = emulator.addPerson()
    await expect(emulator.scanQr("2@nothing,a,b,c", alice)).rejects.toThrow("unknown or expired")
  })

  it("forgets a QR when the client that showed it is gone", async () => {
    const client = new Client(emulator)
    const qr = await client.qr()
    await client.end()
    await eventually(() => emulator.server.connections.size === 1 || undefined, "hanging up")
    await expect(emulator.scanQr(qr, emulator.addPerson())).rejects.toThrow("unknown or expired")
  })

  it("refuses a QR whose secret the client does not have", async () => {
    const client = new Client(emulator)
    const fields = (await client.qr()).split(",")
    fields[3] = Buffer.alloc(32, 7).toString("base64")
    const person = emulator.addPerson()
    await expect(emulator.scanQr(fields.join(","), person)).rejects.toThrow("hung up")
    expect(person.companions.size).toBe(0)
    await client.closeCode()
  })
})

describe("Linking by code", () => {
  it("links the device whose code was typed", async () => {
    const erin = emulator.addPerson({ pn: "15550000005" })
    const first = new Client(emulator)
    await first.qr()
    await emulator.enterPairingCode(erin, await first.socket.requestPairingCode(erin.pn))
    expect(await first.closeCode()).toBe(515)
    const second = closing(await Client.login(emulator, first.auth))
    expect(second.socket.user?.id).toBe("15550000005:1@s.whatsapp.net")
  })

  it("refuses a code that was typed wrongly", async () => {
    const frank = emulator.addPerson()
    const client = new Client(emulator)
    await client.qr()
    await client.socket.requestPairingCode(frank.pn)
    await expect(emulator.enterPairingCode(frank, "WRNGCDE1")).rejects.toThrow(
      "not the one the device shows",
    )
    expect(frank.companions.size).toBe(0)
    await client.end()
  })
})

describe("Unlinking", () => {
  it("happens when the client logs out, and its next login is answered 401", async () => {
    const grace = emulator.addPerson()
    const client = await Client.link(emulator, grace)
    await client.socket.logout()
    expect(await client.closeCode()).toBe(401)
    await eventually(() => grace.companions.size === 0 || undefined, "unlinking")
    expect(await new Client(emulator, client.auth).closeCode()).toBe(401)
  })

  it("never lets a device in with another device's number", async () => {
    const [henry, iris] = [emulator.addPerson(), emulator.addPerson()]
    const [thief, victim] = [
      await Client.link(emulator, henry),
      closing(await Client.link(emulator, iris)),
    ]
    await thief.end()
    Object.assign(thief.auth.creds, { me: { id: `${iris.pn}:1@s.whatsapp.net` } })
    expect(await new Client(emulator, thief.auth).closeCode()).toBe(401)
    expect(victim.socket.ws.isOpen).toBe(true)
  })
})
