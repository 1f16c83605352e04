import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Redacted } from "effect"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"
import { withVault } from "./crypto/Vault.ts"
import { type Canary, kindsSeen, textCanary } from "./hygiene/Canary.ts"
import { forged } from "./hygiene/Callers.ts"
import { lasting, levelOf } from "./hygiene/Lasting.ts"
import { type Life, live } from "./hygiene/Life.ts"
import { canariesIn, dumpOf, sealedRows } from "./hygiene/Stored.ts"
import { preloading } from "./Preloading.ts"
import { withClient, withFolder } from "./PrivateServer.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

/** The control: what is sealed stays as it is, and every request is written down. */
const leaky = preloading(`
  import crypto from "node:crypto"
  import http from "node:http"
  import { syncBuiltinESMExports } from "node:module"
  const ours = (options) => options?.authTagLength === 16
  const plain = { setAAD() {}, setAuthTag() {}, getAuthTag: () => Buffer.alloc(16),
    update: (bytes) => Buffer.from(bytes), final: () => Buffer.alloc(0) }
  for (const name of ["createCipheriv", "createDecipheriv"]) {
    const real = crypto[name]
    crypto[name] = (...args) => (ours(args[3]) ? plain : real(...args))
  }
  syncBuiltinESMExports()
  const emit = http.Server.prototype.emit
  http.Server.prototype.emit = function (event, request, ...rest) {
    if (event === "request") console.log(decodeURIComponent(request.url), request.headers)
    return emit.call(this, event, request, ...rest)
  }`)

interface Remains {
  readonly dump: string
  readonly keys: ReadonlyArray<Canary>
}

/** What is left once the gateway is gone: the database, and the keys that are sealed in it. */
const remainsOf = (folder: string, isSealed: boolean): Promise<Remains> =>
  EmbeddedPostgres.start(folder).pipe(
    Effect.flatMap(({ url }) =>
      Effect.promise(() =>
        withClient(Redacted.value(url), async (owner) => {
          const rows = await sealedRows(owner)
          const plain = isSealed
            ? await withVault(Redacted.value(url), folder, (vault) =>
                Promise.all(rows.map((row) => vault.open(row, row.value))),
              )
            : rows.map(({ value }) => value.subarray(33))
          const keys = plain.flatMap((bytes, at) => canariesIn(rows[at]!.type, bytes!))
          return { dump: await dumpOf(owner), keys }
        }),
      ),
    ),
    Effect.scoped,
    Effect.runPromise,
  )

const judge = (life: Life, { dump, keys }: Remains, masterKey: string, tally: Tally) => {
  const secrets = [...life.secrets, ...keys, textCanary("master key", masterKey)]
  const afterWelcome = life.output.replace(life.firstKey, "").replace(life.firstKey, "")
  const everywhere = [...secrets, textCanary("first key", life.firstKey)]
  const seenIn = (place: string, text: string, canaries: ReadonlyArray<Canary>) => {
    const seen = kindsSeen(text, canaries)
    for (const { kind } of canaries) tally.tried(kind)
    for (const kind of seen) tally.failed(`${kind} is in ${place}`)
  }
  seenIn("the output", afterWelcome, everywhere)
  seenIn("the log at info", lasting(life.output), life.phones)
  seenIn("the metrics", life.metrics, [...everywhere, ...life.phones])
  const levels = new Set(life.output.split("\n").map(levelOf))
  for (const level of ["DEBUG", "INFO"])
    tally.tried(`the log at ${level}`, levels.has(level) ? [] : ["no line was seen"])
  tally.tried("metrics", life.metrics.includes("# TYPE") ? [] : ["were not shown"])
  for (const body of life.errorBodies)
    seenIn("an error body", body, [...everywhere, ...life.phones])
  seenIn("the database", dump, everywhere)
  const lines = life.output.split("\n").filter((line) => line.startsWith(forged))
  tally.tried("forged lines", lines.length > 0 ? [`${lines.length} lines are forged`] : [])
  tally.tried("colours", life.output.includes(`${forged}\u001b`) ? ["colours pass"] : [])
  const defects = life.errorBodies.filter((body) => body.startsWith("no defect"))
  tally.tried("the defect", defects)
  return { keyPieces: keys.length, outputLines: life.output.split("\n").length }
}

const trial =
  (nodeOptions: string, isSealed: boolean) =>
  ({ form }: Trial): Promise<Outcome> =>
    withFolder(async (folder) => {
      const tally = new Tally()
      const life = await live(folder, nodeOptions, form === "full" ? 50 : 1)
      const remains = await remainsOf(folder, isSealed)
      const masterKey = readFileSync(join(folder, "master.key"), "utf8").trim()
      const figures = judge(life, remains, masterKey, tally)
      return tally.outcome({ ...figures, errorBodies: life.errorBodies.length })
    })

export const S13: Row = {
  promise: "no secret is told to the log, to callers, or to who copies the database",
  run: trial("", true),
  control: trial(leaky, false),
}
