import { describe, expect, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Emulator } from "../emulator/Emulator.ts"
import { GatewayProcess } from "../support/GatewayProcess.ts"

/** Answers what `found` picks from the process's output, as soon as it is there. */
const told = async (gateway: GatewayProcess, found: RegExp) => {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
    const match = found.exec(gateway.output())
    if (match !== null) return match[0]
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never told ${found}:\n${gateway.output()}`)
}

describe("start", () => {
  it("tells the first key once, and draws the code of a session that waits for a phone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "start-"))
    const emulator = await Emulator.start()
    const env = {
      DATA_DIR: folder,
      PORT: "0",
      WHATSAPP_URL: emulator.url,
      WHATSAPP_ALLOW_INSECURE: "loopback",
    }
    const first = await GatewayProcess.start({ env })
    const headers = {
      authorization: `Bearer ${first.firstKey}`,
      "content-type": "application/json",
    }
    const url = `${first.url}/api/v1/sessions`
    const { id } = (await (await fetch(url, { method: "POST", headers, body: "{}" })).json()) as {
      id: string
    }
    await told(first, new RegExp(`Scan with WhatsApp › Linked devices, for session ${id}:[^]*▄`))
    expect(await first.end()).toBe(0)

    const second = await GatewayProcess.start({ env })
    expect(second.firstKey).toBeUndefined()
    expect(second.output()).not.toContain("wa_")
    expect(await second.end()).toBe(0)
    await emulator.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)
})
