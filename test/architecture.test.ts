import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, normalize } from "node:path"

/** Who may import whom. `*` is the folder's own name: plugins never import each other. */
const mayImport: ReadonlyArray<readonly [file: RegExp, targets: ReadonlyArray<string>]> = [
  [/^src\/main\.ts$/, ["src/", "layers/Main.ts", "layers/commands/"]],
  [/^src\//, ["src/"]],
  [/^plugins\/index\.ts$/, ["plugins/"]],
  [/^plugins\/([^/]+)\//, ["src/", "plugins/*/"]],
  [/^layers\//, ["src/", "layers/", "migrations/index.ts"]],
  [/^migrations\//, ["migrations/"]],
]

/** What a layer may know of a plugin: its ports, and the noun of a folder, as Group.ts of groups/. */
const isPortOrNoun = (target: string) => {
  const [, folder, file] = /^plugins\/(?:.+\/)?([^/]+)\/([^/]+)\.ts$/.exec(target) ?? []
  return file !== undefined && (/^WhatsApp[A-Z]/.test(file) || `${file.toLowerCase()}s` === folder)
}

/** What else layers know, each with its reason. */
const known: ReadonlyArray<readonly [file: string, target: string, because: string]> = [
  ["layers/Plugins.ts", "plugins/index.ts", "it serves what the list names"],
  ["layers/baileys/SentMessages.ts", "plugins/messages/MessageText.ts", "it opens what was sealed"],
]

const isKnown = (file: string, target: string) =>
  known.some(([knowing, what]) => knowing === file && what === target)

const files = ["src", "plugins", "layers", "migrations"].flatMap((folder) => typescriptIn(folder))

interface Import {
  readonly place: string
  readonly file: string
  readonly target: string
}

const importsOf = (file: string): ReadonlyArray<Import> =>
  readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, index) => {
      const specifier = /(?:from|import)\s*\(?\s*"([^"]+)"/.exec(line)?.[1]
      if (specifier === undefined) return []
      const target = specifier.startsWith(".")
        ? normalize(`${dirname(file)}/${specifier}`)
        : specifier
      return [{ place: `${file}:${index + 1} imports ${target}`, file, target }]
    })

const isLocal = ({ target }: Import) => /^(src|plugins|layers|migrations|test)\//.test(target)

const isAllowed = ({ file, target }: Import) => {
  const [pattern, targets] = mayImport.find(([pattern]) => pattern.test(file))!
  const own = pattern.exec(file)?.[1] ?? ""
  if (targets.some((allowed) => target.startsWith(allowed.replace("*", own)))) return true
  return file.startsWith("layers/") && (isPortOrNoun(target) || isKnown(file, target))
}

const imports = files.flatMap(importsOf)

describe("the layout", () => {
  it("keeps every import on its way: src ← plugins ← layers", () => {
    const astray = imports.filter(isLocal).filter((line) => !isAllowed(line))
    expect(astray.map(({ place }) => place)).toEqual([])
  })

  it("makes no exception that nobody needs", () => {
    const unneeded = known.filter(
      ([file, target]) => !imports.some((line) => line.file === file && line.target === target),
    )
    expect(unneeded).toEqual([])
  })

  it("keeps the vendor in layers/baileys", () => {
    const vendor = /^(@whiskeysockets\/baileys|libsignal|whatsapp-rust-bridge)/
    const outside = imports.filter(
      ({ file, target }) => vendor.test(target) && !file.startsWith("layers/baileys/"),
    )
    expect(outside.map(({ place }) => place)).toEqual([])
  })

  it("keeps database drivers, sockets and files out of src", () => {
    const outside = /^(pg$|@effect\/sql-pg|@effect\/platform-node|node:(fs|net|http|child_process))/
    const inside = imports.filter(
      ({ file, target }) =>
        outside.test(target) && file.startsWith("src/") && file !== "src/main.ts",
    )
    expect(inside.map(({ place }) => place)).toEqual([])
  })

  it("has no file over 300 lines", () => {
    const long = [...files, ...typescriptIn("test")].filter(
      (file) => readFileSync(file, "utf8").split("\n").length > 301,
    )
    expect(long).toEqual([])
  })

  it("has no drawer for things without a name", () => {
    const drawer = /(utils?|helpers?|common|shared|misc|types|manager)\b/i
    const named = files.filter((file) => drawer.test(file.replace("SharedAsyncLocalStorage", "")))
    expect(named).toEqual([])
  })
})

describe("the import rule itself", () => {
  const line = (file: string, target: string) => ({ place: "", file, target })

  it.each([
    ["a plugin importing another", line("plugins/groups/Repo.ts", "plugins/contacts/Repo.ts")],
    ["src importing a layer", line("src/Gateway.ts", "layers/Postgres.ts")],
    ["src importing a plugin", line("src/Gateway.ts", "plugins/index.ts")],
    ["a plugin importing a layer", line("plugins/groups/Repo.ts", "layers/Postgres.ts")],
    ["a layer importing a repo", line("layers/Storage.ts", "plugins/groups/Repo.ts")],
    ["a layer importing rules", line("layers/baileys/GroupCalls.ts", "plugins/groups/Groups.ts")],
    ["a layer importing handlers", line("layers/Main.ts", "plugins/contacts/Http.ts")],
    ["a layer importing the list", line("layers/Main.ts", "plugins/index.ts")],
    ["another's exception", line("layers/Storage.ts", "plugins/contacts/Columns.ts")],
    ["a port's namesake in src", line("src/Gateway.ts", "plugins/groups/WhatsAppGroups.ts")],
  ])("refuses %s", (_, astray) => {
    expect(isAllowed(astray)).toBe(false)
  })

  it.each([
    ["a port", line("layers/baileys/BaileysGroups.ts", "plugins/groups/WhatsAppGroups.ts")],
    ["a noun", line("layers/baileys/GroupCalls.ts", "plugins/groups/Group.ts")],
    ["a noun inside", line("layers/baileys/GroupCalls.ts", "plugins/groups/members/Member.ts")],
  ])("lets a layer import %s", (_, regular) => {
    expect(isAllowed(regular)).toBe(true)
  })
})

function typescriptIn(folder: string): ReadonlyArray<string> {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`)
    .sort()
}
