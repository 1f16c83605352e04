import { describe, expect, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { GatewayProcess } from "../support/GatewayProcess.ts"

describe("start", () => {
  it("tells the first key once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "start-"))
    const env = { DATA_DIR: folder, PORT: "0" }
    const first = await GatewayProcess.start({ env })
    expect(first.firstKey).toMatch(/^wa_/)
    expect(await first.end()).toBe(0)

    const second = await GatewayProcess.start({ env })
    expect(second.firstKey).toBeUndefined()
    expect(second.output()).not.toContain("wa_")
    expect(await second.end()).toBe(0)
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)
})
