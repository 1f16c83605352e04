import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const main = fileURLToPath(new URL("main.ts", import.meta.url))

describe("The emulator on its own", () => {
  it("says where it is, answers there, and ends on SIGTERM", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", main, "--port", "0", "--seed", "9"], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    try {
      const [line] = (await once(createInterface(child.stdout), "line")) as [string]
      const [, url, control] = /at (ws:\S+), control at (http:\S+)/.exec(line) ?? []
      const about = (await (await fetch(`${control}/`)).json()) as Record<string, unknown>
      expect(about["url"]).toBe(url)
      child.kill("SIGTERM")
      expect(await once(child, "exit")).toEqual([0, null])
    } finally {
      child.kill("SIGKILL")
    }
  })
})
