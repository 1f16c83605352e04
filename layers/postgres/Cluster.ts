/** The files of the private server: created once, whole or not at all, and only opened by the version that made them. */
import { Effect } from "effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseNotStarted } from "./DatabaseNotStarted.ts"
import type { ServerBinaries } from "./ServerBinaries.ts"
import { runProgram } from "./ServerProgram.ts"
import { asServerUser, giveToServerUser } from "./ServerUser.ts"

export const superuser = "gateway"

/**
 * Linux reaches the working directory of a process by this name even below folders that are closed to its user,
 * so root may keep the data under its home although the server runs as "nobody". Before version 16 the programs
 * change their directory while they start.
 */
export const dataFolderOf = ({ major }: ServerBinaries, folder: string) =>
  process.platform === "linux" && Number(major) >= 16 ? "/proc/self/cwd" : folder

/** Returns the folder of the files; they exist and fit to the binaries. */
export const openCluster = Effect.fnUntraced(function* (binaries: ServerBinaries, folder: string) {
  const cluster = path.join(folder, "server")
  if (!fs.existsSync(cluster)) yield* createCluster(binaries, cluster)
  yield* requireSameMajor(binaries, cluster)
  return cluster
})

const requireSameMajor = Effect.fnUntraced(function* (binaries: ServerBinaries, cluster: string) {
  const major = fs.readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim()
  if (major === binaries.major) return
  return yield* new DatabaseNotStarted({
    step: "version",
    reason: `the data in ${cluster} was written by PostgreSQL ${major}, but the programs are PostgreSQL ${binaries.major}; set GATEWAY_PG_BIN to programs of version ${major}, or move the data over by pg_dumpall`,
  })
})

const createCluster = Effect.fnUntraced(function* (binaries: ServerBinaries, cluster: string) {
  // A run that was killed half-way leaves only the draft behind.
  const draft = `${cluster}.new`
  yield* Effect.sync(() => {
    fs.rmSync(draft, { recursive: true, force: true })
    fs.mkdirSync(draft, { mode: 0o700 })
    giveToServerUser(draft)
  })
  yield* Effect.mapError(
    runProgram(path.join(binaries.folder, "initdb"), initdbArguments(binaries, draft), {
      cwd: draft,
    }),
    ({ output }) => new DatabaseNotStarted({ step: "initdb", reason: explain(cluster, output) }),
  )
  yield* Effect.sync(() => publish(draft, cluster))
})

const initdbArguments = (binaries: ServerBinaries, draft: string) =>
  `-U ${superuser} -E UTF8 --no-locale -A trust --data-checksums --no-instructions`
    .split(" ")
    .concat("-D", dataFolderOf(binaries, draft))

const publish = (draft: string, cluster: string) => {
  fs.renameSync(draft, cluster)
  const parent = fs.openSync(path.dirname(cluster), "r")
  fs.fsyncSync(parent)
  fs.closeSync(parent)
}

const explain = (cluster: string, output: string) =>
  output.includes("Permission denied") && "uid" in asServerUser()
    ? `the server runs as user nobody, who can not reach ${cluster}: ${output}`
    : `the data folder ${cluster} can not be created: ${output}`
