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
    const told = rows.flatMap(defaultsIn)
    const meant = settingsTable.map(({ default: value, name }) => [name, value ?? "–"])
    expect(Object.fromEntries(told)).toEqual({
      ...Object.fromEntries(meant),
      GATEWAY_MASTER_KEY: "in DATA_DIR",
    })
  })

  it("says of check what it does", () => {
    const [, promised] = /^npm run check +# (.+)$/m.exec(readme)!
    const doing = { types: "tsc", lint: "oxlint", format: "prettier", architecture: "architecture" }
    expect(promised!.split(", ")).toEqual(Object.keys(doing))
    for (const program of Object.values(doing)) expect(scripts["check"]).toContain(program)
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

/** Each setting of a row with its own default; one cell may be for all names of the row. */
function defaultsIn(row: string): ReadonlyArray<readonly [name: string, value: string]> {
  const [names = "", values = ""] = row
    .split("|")
    .slice(1)
    .map((cell) => cell.trim())
  const each = names.split(" ").map((name) => name.replaceAll("`", ""))
  const own = each.length === 1 ? [values] : values.split(" ")
  return each.map((name, at) => [name, own.length === 1 ? own[0]! : (own[at] ?? "missing")])
}
