import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const run = promisify(execFile)

describe("the demo", () => {
  it("shows lines that work, one of them a plugin's from elsewhere", async () => {
    await run("npm", ["run", "--silent", "build"])
    const program = ["--import", "tsx", "test/demo/main.ts", "--port", "0", "--once"]
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
})
