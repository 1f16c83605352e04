/**
 * One process per data folder. The lock is the operating system's, so it dies with its owner, however that ends:
 * on Linux a name in the abstract socket namespace, elsewhere an exclusively locked file.
 */
import { Effect, Schedule, type Scope } from "effect"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import { DatabaseNotStarted } from "./DatabaseNotStarted.ts"

export const lockFolder = (folder: string): Effect.Effect<void, DatabaseNotStarted, Scope.Scope> =>
  Effect.zipRight(
    lock(folder, "gateway"),
    Effect.acquireRelease(announce(folder), () => Effect.ignore(withdraw(folder))),
  )

/** One after the other, for those who come for a moment. Another lock than that of `lockFolder`. */
export const waitForTurn = (folder: string): Effect.Effect<void, DatabaseNotStarted, Scope.Scope> =>
  Effect.asVoid(
    Effect.retry(lock(folder, "turn"), { schedule: Schedule.spaced("50 millis"), times: 1200 }),
  )

type Lock = Effect.Effect<unknown, DatabaseNotStarted, Scope.Scope>

const lock = (folder: string, purpose: "gateway" | "turn"): Lock =>
  process.platform === "linux" ? lockName(folder, purpose) : lockFile(folder, purpose)

const lockName = (folder: string, purpose: string): Lock =>
  Effect.acquireRelease(
    Effect.async<net.Server, DatabaseNotStarted>((resume) => {
      const { dev, ino } = fs.statSync(folder)
      const server = net.createServer((socket) => socket.destroy())
      server.once("error", () => resume(Effect.fail(inUse(folder))))
      server.listen({ path: `\0whatsapp-${purpose}:${dev}:${ino}`, exclusive: true }, () =>
        resume(Effect.succeed(server)),
      )
      server.unref()
    }),
    (server) => Effect.sync(() => void server.close()),
  )

const lockFile = (folder: string, purpose: string): Lock =>
  Effect.acquireRelease(
    Effect.try({
      try: () => fs.openSync(path.join(folder, `${purpose}.lock`), exclusively, 0o600),
      catch: () => inUse(folder),
    }),
    (file) => Effect.sync(() => fs.closeSync(file)),
  )

// O_EXLOCK of BSD and macOS, which Node does not name.
const exclusively = fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_NONBLOCK | 0x20

/** Only for the message of those who come second; nothing is decided by this file. */
const announce = (folder: string) =>
  Effect.sync(() => fs.writeFileSync(holder(folder), `${process.pid}\n`))

const withdraw = (folder: string) => Effect.try(() => fs.rmSync(holder(folder), { force: true }))

const holder = (folder: string) => path.join(folder, "gateway.pid")

const inUse = (folder: string) => {
  const pid = fs.existsSync(holder(folder)) ? fs.readFileSync(holder(folder), "utf8").trim() : "?"
  return new DatabaseNotStarted({
    step: "lock",
    reason: `the data folder ${folder} is in use by a running gateway (process ${pid}); stop it first, or give this one a DATA_DIR of its own`,
  })
}
