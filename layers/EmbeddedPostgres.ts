/** A private PostgreSQL for those who bring none: files in one folder, reachable by nobody but this machine's owner. */
import { Effect, Redacted, Schedule, type Scope } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { openCluster, superuser } from "./postgres/Cluster.ts"
import { DatabaseNotStarted } from "./postgres/DatabaseNotStarted.ts"
import { lockFolder, waitForTurn } from "./postgres/FolderLock.ts"
import { isAlive, readPostmaster, socketFolderPrefix, stopOrphan } from "./postgres/Postmaster.ts"
import { keepServer } from "./postgres/Server.ts"
import { findBinaries } from "./postgres/ServerBinaries.ts"
import { giveToServerUser, letServerUserPass } from "./postgres/ServerUser.ts"

export { DatabaseNotStarted } from "./postgres/DatabaseNotStarted.ts"

/**
 * Starts the server of a data folder, creating it at first, and returns its address once connections are accepted.
 * The server of a killed gateway is taken over; a folder that a living gateway uses is refused.
 * Closing the scope stops the server.
 */
export const start = Effect.fn("EmbeddedPostgres.start")(function* (
  dataDir: string,
  pgBin?: string,
) {
  const binaries = yield* findBinaries(pgBin)
  const folder = yield* openFolder(path.resolve(dataDir))
  yield* lockFolder(folder)
  yield* stopOrphan(path.join(folder, "server"))
  const cluster = yield* openCluster(binaries, folder)
  const socketFolder = yield* makeSocketFolder
  yield* keepServer(binaries, { cluster, socketFolder, log: path.join(folder, "server.log") })
  return { url: addressOf(socketFolder), isNew: true } as const
})

/** Ways to come by the server of a data folder: `start` to serve, `reach` to administer. */
export type Opening = (
  dataDir: string,
  /** Where the programs of PostgreSQL are; by default those of the package. */
  pgBin?: string,
) => Effect.Effect<Opened, DatabaseNotStarted, Scope.Scope>

export interface Opened {
  readonly url: Redacted.Redacted
  /** Started just now: whoever was connected before is dead, or has lost it. */
  readonly isNew: boolean
}

/**
 * Joins the server of the living gateway on a data folder, or starts it as `start` does where none lives.
 * Those who reach for one folder take turns: what one of them started, it also stops.
 */
export const reach: Opening = Effect.fn("EmbeddedPostgres.reach")(function* (dataDir, pgBin) {
  const folder = yield* openFolder(path.resolve(dataDir))
  yield* waitForTurn(folder)
  return yield* start(folder, pgBin).pipe(
    Effect.catchIf(isTaken, (taken) => join(folder, taken)),
    // A gateway that starts or stops right now has either a server or no lock in a moment.
    Effect.retry({ while: isTaken, schedule: Schedule.spaced("100 millis"), times: 100 }),
  )
})

const isTaken = ({ step }: DatabaseNotStarted) => step === "lock"

const join = (folder: string, taken: DatabaseNotStarted) =>
  Effect.suspend(() => {
    const server = readPostmaster(path.join(folder, "server"))
    return server?.ready === true && isAlive(server)
      ? Effect.succeed({ url: addressOf(server.socketFolder), isNew: false })
      : Effect.fail(taken)
  })

const openFolder = (folder: string) =>
  Effect.try({
    try: () => {
      fs.mkdirSync(folder, { recursive: true, mode: 0o755 })
      letServerUserPass(folder)
      return fs.realpathSync(folder)
    },
    catch: (cause) =>
      new DatabaseNotStarted({
        step: "folder",
        reason: `the data folder ${folder} can not be created: ${String(cause)}`,
      }),
  })

/** The address of a unix socket has room for 107 bytes: too few for most data folders. */
const makeSocketFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const parent = os.tmpdir().length > 60 ? "/tmp" : os.tmpdir()
    const folder = fs.mkdtempSync(path.join(parent, socketFolderPrefix))
    giveToServerUser(folder)
    return folder
  }),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
)

const addressOf = (socketFolder: string) =>
  Redacted.make(
    `postgresql://${superuser}@localhost/postgres?host=${encodeURIComponent(socketFolder)}`,
  )
