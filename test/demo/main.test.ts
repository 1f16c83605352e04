import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const run = promisify(execFile)

describe("the demo", () => {
  it("shows lines that work, one of them a plugin's from elsewhere", async () => {
    await run("npm", ["run", "--silent", "build:tests"])
    const program = ["dist/test/demo/main.js", "--port", "0", "--once"]
    const { stdout } = await run(process.execPath, program)
    const lines = stdout.split("\n")
    const asked = lines.filter((line) => line.startsWith("$ curl "))
    const statuses = lines.filter((line) => /^\(\d{3}\)$/.test(line))
    expect(statuses).toEqual(["(200)", "(200)", "(200)", "(204)", "(200)", "(200)"])
    expect(asked).toHaveLength(statuses.length)
    expect(asked.at(-1)).toContain("/acquaintances")
    const { people } = JSON.parse(lines[lines.indexOf(asked.at(-1)!) + 1]!) as { people: number }
    expect(people).toBeGreaterThanOrEqual(2)
  }, 180_000)

  it("stays up until Ctrl-C, which ends it well", async () => {
    // Ctrl-C reaches everybody of the terminal's group, the gateway of the demo too.
    const demo = spawn(process.execPath, ["dist/test/demo/main.js", "--port", "0"], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    })
    const gone = once(demo, "exit")
    for await (const line of createInterface({ input: demo.stdout }))
      if (line.endsWith("Ctrl-C ends it.") && line.startsWith("All of it")) break
    expect(demo.exitCode).toBeNull()
    process.kill(-demo.pid!, "SIGINT")
    expect(await gone).toEqual([0, null])
  }, 180_000)
})
