import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Logger, Option } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as KeyFile from "../../../layers/secrets/KeyFile.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "key-file-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
)

/** What is logged while a file is read. */
const warningsOf = Effect.fn(function* (file: string) {
  const lines: Array<string> = []
  const kept = Logger.map(Logger.logfmtLogger, (line) => void lines.push(line))
  yield* Effect.provide(KeyFile.read(file), Logger.replace(Logger.defaultLogger, kept))
  return lines
})

describe("KeyFile", () => {
  it.scoped("leaves no draft behind when the key can not take its name", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const taken = path.join(place, "master.key")
      fs.mkdirSync(path.join(taken, "full"), { recursive: true })
      assertTrue(Exit.isFailure(yield* Effect.exit(KeyFile.replace(taken, "secret"))))
      deepStrictEqual(fs.readdirSync(place), ["master.key"])
    }),
  )

  it.scoped("reads what others may read too, with a warning that names the file", () =>
    Effect.gen(function* () {
      const file = path.join(yield* folder, "master.key")
      yield* KeyFile.create(file, "secret")
      strictEqual(Option.getOrThrow(yield* KeyFile.read(file)), "secret")
      deepStrictEqual(yield* warningsOf(file), [])
      fs.chmodSync(file, 0o640)
      const [warning] = yield* warningsOf(file)
      assertInclude(warning, `key file ${file} is open to others than its owner`)
    }),
  )
})
