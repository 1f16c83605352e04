/** A running private server, kept running until the scope closes. */
import { Deferred, Effect, Ref, Schedule } from "effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { dataFolderOf } from "./Cluster.ts"
import { DatabaseNotStarted } from "./DatabaseNotStarted.ts"
import { endAtOnce, readPostmaster, stop, type Postmaster } from "./Postmaster.ts"
import type { ServerBinaries } from "./ServerBinaries.ts"
import { asServerUser, serverEnvironment } from "./ServerUser.ts"

export interface ServerFiles {
  readonly cluster: string
  readonly socketFolder: string
  readonly log: string
}

interface Launched {
  readonly postmaster: Postmaster
  readonly exited: Effect.Effect<void>
}

/**
 * Returns once connections are accepted. A server that dies, as by the kernel's memory killer, is started again.
 * It is not left behind by a process that ends without closing the scope, unless that one is killed.
 */
export const keepServer = Effect.fnUntraced(function* (
  binaries: ServerBinaries,
  files: ServerFiles,
) {
  yield* endsWithProcess(files)
  const start = Effect.retry(launch(binaries, files), stillInMemory)
  const current = yield* Effect.acquireRelease(Effect.flatMap(start, Ref.make), (ref) =>
    Effect.flatMap(Ref.get(ref), ({ postmaster }) => stop(postmaster)),
  )
  const restart = Effect.uninterruptible(Effect.flatMap(start, (next) => Ref.set(current, next)))
  yield* Ref.get(current).pipe(
    Effect.flatMap(({ exited }) => exited),
    Effect.zipRight(Effect.logWarning("the embedded database ended and is started again")),
    Effect.zipRight(Effect.retry(restart, Schedule.spaced("1 second"))),
    Effect.forever,
    Effect.interruptible,
    Effect.forkScoped,
  )
})

const endsWithProcess = ({ cluster, socketFolder }: ServerFiles) => {
  const end = () => endAtOnce(cluster, socketFolder)
  return Effect.acquireRelease(
    Effect.sync(() => process.on("exit", end)),
    () => Effect.sync(() => process.off("exit", end)),
  )
}

/** Children of a server that was killed need a moment to notice; until then the next one refuses. */
const stillInMemory = {
  while: ({ reason }: DatabaseNotStarted) => /shared memory block|lock file/.test(reason),
  schedule: Schedule.intersect(Schedule.spaced("100 millis"), Schedule.recurs(50)),
}

const launch = (binaries: ServerBinaries, files: ServerFiles) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const exited = yield* Deferred.make<void>()
      const before = fs.existsSync(files.log) ? fs.statSync(files.log).size : 0
      const pid = yield* spawnServer(binaries, files, exited)
      const postmaster = { pid, socketFolder: files.socketFolder, ready: true }
      const refused = Effect.flatMap(Deferred.await(exited), () =>
        Effect.fail(notStarted(lastWords(files.log, before))),
      )
      yield* Effect.raceFirst(accepting(files.cluster, pid), refused).pipe(
        Effect.interruptible,
        restore,
        Effect.onExit((exit) => (exit._tag === "Success" ? Effect.void : stop(postmaster))),
      )
      return { postmaster, exited: Deferred.await(exited) } satisfies Launched
    }),
  )

const spawnServer = (
  binaries: ServerBinaries,
  files: ServerFiles,
  exited: Deferred.Deferred<void>,
) =>
  Effect.async<number, DatabaseNotStarted>((resume) => {
    const log = openLog(files.log)
    const child = spawn(path.join(binaries.folder, "postgres"), serverArguments(binaries, files), {
      ...asServerUser(),
      cwd: files.cluster,
      env: serverEnvironment(),
      detached: true, // Ctrl-C is ours to handle: requests drain before the database goes
      stdio: ["ignore", log, log],
    })
    child.once("error", (cause) => resume(Effect.fail(notStarted(cause.message))))
    child.once("spawn", () => resume(Effect.succeed(child.pid!)))
    child.once("exit", () => Deferred.unsafeDone(exited, Effect.void))
    fs.closeSync(log)
  })

const serverArguments = (binaries: ServerBinaries, { cluster, socketFolder }: ServerFiles) => [
  "-D",
  dataFolderOf(binaries, cluster),
  "-k",
  socketFolder,
  ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
]

const settings = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "60",
  shared_buffers: "64MB",
  jit: "off",
  log_checkpoints: "off",
  // Statements and rows carry what people wrote to each other: none of it belongs into a log file.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
}

const accepting = (cluster: string, pid: number) =>
  Effect.sync(() => readPostmaster(cluster)).pipe(
    Effect.repeat({
      until: (found) => found?.pid === pid && found.ready,
      schedule: Schedule.spaced("5 millis"),
    }),
    Effect.timeoutFail({
      duration: "2 minutes",
      onTimeout: () => notStarted("the server accepts no connections after two minutes"),
    }),
  )

const openLog = (log: string) => {
  const large = fs.existsSync(log) && fs.statSync(log).size > 10_000_000
  return fs.openSync(log, large ? "w" : "a", 0o600)
}

const lastWords = (log: string, from: number) => {
  const said = fs.readFileSync(log).subarray(from).toString("utf8").trim().split("\n")
  const fatal = said.filter((line) => /FATAL|PANIC|error|HINT/.test(line)).slice(-3)
  return `${(fatal.length > 0 ? fatal : said.slice(-3)).join(" | ")} (see ${log})`
}

const notStarted = (reason: string) => new DatabaseNotStarted({ step: "start", reason })
