/**
 * The npm package carries no symbolic links, only a list of them that its install script would create.
 * Install scripts are switched off, so the links are made here. Several processes may do so at once.
 */
import { Effect } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { ProgramFailed } from "./ServerProgram.ts"

export const completePackage = (native: string) => attempt(() => createLinks(native))

/** A copy in the temporary folder, made once and kept, that every user of this machine may read. */
export const reachableCopy = (native: string) =>
  attempt(() => {
    const target = path.join(os.tmpdir(), copyName(native))
    if (isOurs(target)) return target
    const draft = fs.mkdtempSync(`${target}-`)
    fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
    createLinks(draft)
    openForReading(draft)
    return publish(draft, target)
  })

const createLinks = (native: string) => {
  for (const { source, target } of listedLinks(native)) {
    const link = path.resolve(native, "..", target)
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link)
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST" && !fs.existsSync(link)) throw cause
    }
  }
}

const listedLinks = (native: string): ReadonlyArray<{ source: string; target: string }> => {
  const list = path.join(native, "pg-symlinks.json")
  return fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, "utf8")) : []
}

const copyName = (native: string) => {
  const { version } = JSON.parse(fs.readFileSync(path.join(native, "..", "package.json"), "utf8"))
  return `whatsapp-gateway-postgres-${version}-${process.arch}-${process.getuid?.() ?? 0}`
}

/** The temporary folder is everybody's: a copy that somebody else put there is never run. */
const isOurs = (folder: string) => {
  const found = fs.lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return false
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0)
    return true
  throw new Error(`${folder} belongs to somebody else`)
}

const publish = (draft: string, target: string) => {
  try {
    fs.renameSync(draft, target)
  } catch (cause) {
    fs.rmSync(draft, { recursive: true, force: true })
    if (!isOurs(target)) throw cause
  }
  return target
}

const openForReading = (folder: string) => {
  fs.chmodSync(folder, 0o755)
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const file = path.join(entry.parentPath, entry.name)
    const runs = entry.isDirectory() || (fs.statSync(file).mode & 0o100) !== 0
    fs.chmodSync(file, runs ? 0o755 : 0o644)
  }
}

const attempt = <A>(body: () => A) =>
  Effect.try({
    try: body,
    catch: (cause) => new ProgramFailed({ code: codeOf(cause), output: String(cause) }),
  })

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException).code
