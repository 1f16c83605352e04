import { describe, expect, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("rejectUnhandled.ts", import.meta.url))

const run = (guard: "none" | "guarded") =>
  spawnSync(process.execPath, ["--import", "tsx", script, guard], { encoding: "utf8" })

describe("StrayRejections", () => {
  it("is needed: a rejection nobody handles ends the process", () => {
    expect(run("none").status).not.toBe(0)
  })

  it("outlives them, counts them, and is gone with its layer", () => {
    const { status, stdout } = run("guarded")
    expect(stdout).toContain("a rejection was left unhandled")
    expect(stdout).toContain("no session for [address]")
    expect(stdout).not.toContain("6281234567890")
    expect(stdout).toContain("survived 2, listeners left 0")
    expect(status).toBe(0)
  })
})
