import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Emulator } from "../emulator/Emulator.ts"
import { GatewayProcess } from "../support/GatewayProcess.ts"

interface Line {
  readonly logLevel: string
  readonly message: unknown
  readonly annotations: Readonly<Record<string, string>>
}

const until = async (isSo: () => boolean | Promise<boolean>) => {
  const deadline = Date.now() + 20_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("it never was so")
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What a gateway prints at `info` while one of its sessions has a busy day. */
const busyDay = async (folder: string) => {
  const whatsapp = await Emulator.start()
  const [me, bob] = [whatsapp.addPerson({ name: "Me" }), whatsapp.addPerson({ name: "Bob" })]
  const family = whatsapp.addGroup({ subject: "Family", owner: bob, members: [me] })
  const gateway = await GatewayProcess.start({
    env: {
      PORT: "0",
      DATA_DIR: folder,
      WHATSAPP_URL: whatsapp.url,
      WHATSAPP_ALLOW_INSECURE: "loopback",
    },
  })
  const call = async (path: string, method = "GET") => {
    const headers = {
      authorization: `Bearer ${gateway.firstKey}`,
      "content-type": "application/json",
    }
    const body = method === "POST" ? { body: "{}" } : {}
    const answer = await fetch(`${gateway.url}/api/v1/sessions${path}`, {
      method,
      headers,
      ...body,
    })
    // Bodies of every shape.
    // oxlint-disable-next-line typescript/no-explicit-any
    return (await answer.json()) as any
  }
  const { id } = await call("", "POST")
  const works = () => until(async () => (await call(`/${id}`)).status === "working")
  await whatsapp.scanQr((await call(`/${id}/qr`)).code, me)
  await works()

  for (const text of ["hello", "are you there?"]) {
    await whatsapp.sendText(bob, me, text)
    await whatsapp.sendText(bob, family, text)
  }
  await until(() => whatsapp.unsettled(me).length === 0)
  const attrs = { id: "GARBAGE1", from: bob.pnJid, sender_lid: bob.lidJid, type: "text", t: "1" }
  const enc = { tag: "enc", attrs: { v: "2", type: "msg" }, content: Buffer.alloc(90, 7) }
  whatsapp.push(me, { tag: "message", attrs, content: [enc] })
  for (const code of [429, 500])
    whatsapp.fault({ child: "query", code, text: "no", attrs: { backoff: "1" } })
  whatsapp.as(bob).rename(family, "Cousins")
  await call(`/${id}/groups/${family.jid}/invite`)
  await call(`/${id}/contacts/${bob.pnJid}/block`, "POST").catch(() => {})
  for (const kind of ["drop", "uncoded"] as const) {
    whatsapp.kick(me, kind)
    await until(async () => (await call(`/${id}`)).status === "starting")
    await works()
  }
  whatsapp.kick(me, "replaced")
  await until(async () => (await call(`/${id}`)).status === "failed")
  await gateway.end()
  await whatsapp.stop()
  whatsapp.assertClean()
  return { id, output: gateway.output(), people: [me, bob], family }
}

describe("what a gateway logs", () => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-logs-"))
  let day: Awaited<ReturnType<typeof busyDay>>
  beforeAll(async () => void (day = await busyDay(folder)), 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const lines = () =>
    day.output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Line)

  it("is one JSON object a line, with the session that it is about", () => {
    const ended = lines().filter(({ message }) => String(message).startsWith("a connection ended"))
    expect(ended.length).toBeGreaterThanOrEqual(4)
    for (const { annotations, logLevel } of ended) {
      expect(logLevel).toBe("INFO")
      expect(annotations["session"]).toBe(day.id)
    }
    // In no other form as well.
    expect(day.output).not.toMatch(/^(timestamp=|\[\d\d:)/m)
  })

  it("has nothing on each request", () => {
    expect(day.output).not.toContain("answered a request")
  })

  it("names no person and no group", () => {
    const names = day.people.flatMap(({ lid, name, pn }) => [
      lid,
      pn,
      ...(name === "Me" ? [] : [name]),
    ])
    for (const name of [...names, day.family.jid.split("@")[0]!, "Cousins", "are you there?"])
      expect(day.output).not.toContain(name)
    expect(day.output).not.toMatch(/@(s\.whatsapp\.net|lid|g\.us)/)
  })
})
