/** The server's main process: found, started and stopped by us, with nothing but its own files as evidence. */
import { Effect, Schedule } from "effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

export interface Postmaster {
  readonly pid: number
  readonly socketFolder: string
  readonly ready: boolean
}

export const socketFolderPrefix = "gateway-pg-"

/** What the server wrote about itself, whether it still lives or not. */
export const readPostmaster = (cluster: string): Postmaster | undefined => {
  if (!fs.existsSync(fileOf(cluster))) return undefined
  const lines = fs.readFileSync(fileOf(cluster), "utf8").split("\n")
  const ready = lines[7]?.trim() === "ready"
  return { pid: Number(lines[0]), socketFolder: lines[4] ?? "", ready }
}

const fileOf = (cluster: string) => path.join(cluster, "postmaster.pid")

/** Stops the server that a killed gateway left behind. Its number may long belong to an innocent process. */
export const stopOrphan = (cluster: string) =>
  Effect.suspend(() => {
    const orphan = readPostmaster(cluster)
    if (orphan === undefined) return Effect.void
    // The server would take the innocent one for its predecessor, and refuse to start as long as that lives.
    if (!isAlive(orphan) && commandLine(orphan.pid) !== "") fs.rmSync(fileOf(cluster))
    return Effect.zipRight(
      stop(orphan),
      Effect.sync(() => removeSocketFolder(orphan)),
    )
  })

/** Disconnects the clients, writes a checkpoint and ends; a server that hangs is ended without the checkpoint. */
export const stop = (postmaster: Postmaster) =>
  Effect.sync(() => signal(postmaster, "SIGINT")).pipe(
    Effect.zipRight(gone(postmaster)),
    Effect.timeout("8 seconds"),
    Effect.orElse(() =>
      Effect.zipRight(
        Effect.sync(() => signal(postmaster, "SIGQUIT")),
        Effect.timeout(gone(postmaster), "4 seconds"),
      ),
    ),
    Effect.ignore,
  )

/** Without a checkpoint, for a process that ends here and now: the next start finds everything in the log. */
export const endAtOnce = (cluster: string, socketFolder: string) => {
  const postmaster = readPostmaster(cluster)
  if (postmaster?.socketFolder !== socketFolder) return
  signal(postmaster, "SIGQUIT")
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let n = 0; n < 60 && isAlive(postmaster); n += 1) Atomics.wait(never, 0, 0, 5)
  removeSocketFolder(postmaster)
}

const gone = (postmaster: Postmaster) =>
  Effect.repeat(
    Effect.sync(() => isAlive(postmaster)),
    { while: (alive) => alive, schedule: Schedule.spaced("5 millis") },
  )

const signal = (postmaster: Postmaster, name: NodeJS.Signals) => {
  if (isAlive(postmaster)) process.kill(postmaster.pid, name)
}

/** The socket folder has a random name and is an argument of the server: a process that mentions it is the one. */
export const isAlive = ({ pid, socketFolder }: Postmaster) =>
  pid > 1 && socketFolder !== "" && commandLine(pid).includes(socketFolder)

const commandLine = (pid: number) => {
  try {
    if (process.platform === "linux") return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" })
  } catch {
    return "" // no such process
  }
}

const removeSocketFolder = ({ socketFolder }: Postmaster) => {
  if (path.basename(socketFolder).startsWith(socketFolderPrefix))
    fs.rmSync(socketFolder, { recursive: true, force: true })
}
