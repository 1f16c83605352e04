/** One rotation in a process of its own, to be killed: `rotate.ts <database url> <data folder>`. */
import { Effect, Either, Layer, Redacted } from "effect"
import * as Postgres from "../../../layers/Postgres.ts"
import { Rotation } from "../../../layers/secrets/Rotation.ts"
import { Settings } from "../../../src/Settings.ts"

const [url = "", dataDir = ""] = process.argv.slice(2)
const settings = Either.getOrThrow(Settings.parse({ DATA_DIR: dataDir }))

await Effect.gen(function* () {
  const rotation = yield* Rotation
  process.stdout.write("started\n")
  yield* rotation.rotate()
  process.stdout.write("done\n")
}).pipe(
  Effect.provide(
    Rotation.layer.pipe(
      Layer.provide([
        Layer.succeed(Settings, settings),
        Postgres.layer({ url: Redacted.make(url) }),
      ]),
    ),
  ),
  Effect.runPromise,
)
