/** Files that hold one key each: readable by their owner only, whole or absent at any moment. */
import { Effect, Option, Schema } from "effect"
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"

/** Stops the start: the file can not be read, can not be written, or does not hold a key. */
export class KeyFileUnusable extends Schema.TaggedError<KeyFileUnusable>()("KeyFileUnusable", {
  file: Schema.String,
  reason: Schema.String,
}) {
  override get message() {
    return `key file ${this.file} can not be used: ${this.reason}`
  }
}

export const read = (file: string): Effect.Effect<Option.Option<string>, KeyFileUnusable> =>
  attempt(file, () =>
    fs.existsSync(file) ? Option.some(fs.readFileSync(file, "utf8").trim()) : Option.none(),
  ).pipe(Effect.tap((found) => (Option.isSome(found) ? warnOfReaders(file) : Effect.void)))

/** Not refused: on a mounted volume owner and mode are often not ours to choose. */
const warnOfReaders = (file: string) =>
  Effect.flatMap(
    attempt(file, () => fs.statSync(file).mode & 0o077),
    (others) =>
      others === 0 || process.platform === "win32"
        ? Effect.void
        : Effect.logWarning(`key file ${file} is open to others than its owner; chmod 600 it`),
  )

/** Leaves an existing file as it is, so that whoever comes second reads what the first one made. */
export const create = (file: string, text: string): Effect.Effect<void, KeyFileUnusable> =>
  written(file, text, (draft) => {
    if (!fs.existsSync(file)) linkUnlessThere(draft, file)
  })

export const replace = (file: string, text: string): Effect.Effect<void, KeyFileUnusable> =>
  written(file, text, (draft) => fs.renameSync(draft, file))

export const remove = (file: string): Effect.Effect<void, KeyFileUnusable> =>
  attempt(file, () => {
    fs.rmSync(file, { force: true })
    flushFolder(file)
  })

const attempt = <A>(file: string, body: () => A) =>
  Effect.try({
    try: body,
    catch: (cause) => new KeyFileUnusable({ file, reason: String(cause) }),
  })

/** The text is on disk under another name before its own name appears: no crash leaves half a key. */
const written = (file: string, text: string, publish: (draft: string) => void) =>
  attempt(file, () => {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const draft = `${file}.${randomUUID()}`
    try {
      writeWhole(draft, `${text}\n`)
      publish(draft)
    } finally {
      // Whatever went wrong, no second file holds the key.
      fs.rmSync(draft, { force: true })
    }
    flushFolder(file)
  })

const writeWhole = (file: string, text: string) => {
  const descriptor = fs.openSync(file, "wx", 0o600)
  try {
    fs.writeFileSync(descriptor, text)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

const linkUnlessThere = (draft: string, file: string) => {
  try {
    fs.linkSync(draft, file)
  } catch (cause) {
    if (!fs.existsSync(file)) throw cause
  }
}

const flushFolder = (file: string) => {
  const folder = fs.openSync(path.dirname(file), "r")
  fs.fsyncSync(folder)
  fs.closeSync(folder)
}
