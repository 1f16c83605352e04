import { describe, expect, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { settingsTable } from "../src/Settings.ts"

const readme = readFileSync("README.md", "utf8")
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  scripts: Record<string, string>
}

describe("the README", () => {
  it("stays under 120 lines", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(121)
  })

  it("names every setting with its default, and no other", () => {
    const rows = readme.match(/^\| `[A-Z_` ]+\|.*$/gm) ?? []
    const named = rows.flatMap((row) => row.match(/`[A-Z_]+`/g) ?? [])
    expect(named.sort()).toEqual(settingsTable.map(({ name }) => `\`${name}\``).sort())
    const wrong = settingsTable
      .filter(({ default: value }) => value !== undefined)
      .filter(({ default: value, name }) =>
        rows.every((row) => !row.includes(`\`${name}\``) || !row.includes(value!)),
      )
    expect(wrong).toEqual([])
  })

  it("names only commands that exist", () => {
    const named = [...readme.matchAll(/npm (?:run )?(\w+)/g)].map(([, script]) => script!)
    const missing = named.filter((script) => !["ci", "run"].includes(script) && !scripts[script])
    expect(missing).toEqual([])
  })

  it("draws only folders and files that exist", () => {
    const layout = /## Layout[^]*?```\n([^]*?)```/.exec(readme)![1]!
    let folder = ""
    for (const line of layout.trim().split("\n")) {
      const [, indent, path] = /^( *)(\S+)/.exec(line)!
      if (indent === "") folder = path!
      expect([line, existsSync(indent === "" ? path! : `${folder}${path}`)]).toEqual([line, true])
    }
  })
})
