import { describe, expect, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("closeSession.ts", import.meta.url))

/** Everything a process prints in which a Signal session is closed. */
const printed = (guard: "none" | "redaction" | "all") => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, guard], {
    encoding: "utf8",
  })
  return `${stdout}${stderr}`
}

const privateKey = "70 72 69 76 61 74 65 21"

describe("QuietConsole", () => {
  it("is needed: libsignal prints the private keys of the sessions it closes", () => {
    expect(printed("none")).toContain(privateKey)
  })

  it("prints no private key even where libsignal is heard", () => {
    const all = printed("redaction")
    expect(all).toContain("Closing session: [signal session]")
    expect(all).not.toContain("privKey")
    expect(all).not.toContain(privateKey)
  })

  it("drops what libsignal prints, and nothing of ours", () => {
    const all = printed("all")
    for (const line of ["before", "after", "a line of ours"]) expect(all).toContain(line)
    for (const noise of ["Closing session", "Opening session", "already closed", "Session error"])
      expect(all).not.toContain(noise)
    expect(all).not.toContain(privateKey)
  })
})
