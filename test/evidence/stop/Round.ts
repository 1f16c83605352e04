import { existsSync } from "node:fs"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { isAlive, readPostmaster } from "../../../layers/postgres/Postmaster.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import { moduleFile } from "../../support/Program.ts"
import { withClient } from "../PrivateServer.ts"
import type { Random } from "../Random.ts"
import { type Asked, Load } from "./Load.ts"

export interface Stopped {
  readonly asked: ReadonlyArray<Asked>
  readonly signalled: number
  readonly exitMillis: number
  readonly exitCode: number | null
  /** Whether the database server and its socket are gone. */
  readonly databaseGone: boolean
  /** Connections that were open and idle, or half-way through a request, and are so still. */
  readonly stillOpen: number
  /** Callers of what is never answered, by whether they were. */
  readonly waiters: ReadonlyArray<boolean>
}

/** Plugins beside this file that keep a gateway from its end: `Never` its requests, `Lingering` itself. */
export type Obstacle = "Never" | "Lingering"

export interface Round {
  readonly folder: string
  readonly key: string | undefined
  readonly random: Random
  readonly nodeOptions: string
  readonly obstacle?: Obstacle | undefined
}

/** Starts a gateway, loads it, and tells it to end while requests wait for the database. */
export const stopUnderLoad = async ({ folder, key, nodeOptions, obstacle, random }: Round) => {
  const gateway = await GatewayProcess.start({
    env: {
      DATA_DIR: folder,
      PORT: "0",
      DATABASE_POOL: "40",
      LOG_LEVEL: "error",
      ...(obstacle && { GATEWAY_PLUGINS: moduleFile(import.meta.dirname, obstacle) }),
      NODE_OPTIONS: nodeOptions,
    },
  })
  const server = readPostmaster(join(folder, "server"))!
  const load = new Load(gateway.url, (key ?? gateway.firstKey)!)
  const name = `round-${random.below(1e9)}`
  const callers = Array.from({ length: 16 }, (_, nth) => load.caller(`${name}-${nth}`))
  const waiters = Array.from({ length: obstacle === "Never" ? 4 : 0 }, () => load.waiter())
  const idle = await openIdle(gateway.url)
  await sleep(200 + random.below(300))

  const url = `postgresql://gateway@localhost/postgres?host=${encodeURIComponent(server.socketFolder)}`
  const { signalled, exitCode } = await withClient(url, async (client) => {
    await client.query("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
    await sleep(100 + random.below(200))
    const signalled = performance.now()
    const gone = gateway.end()
    const late = setTimeout(() => void gateway.end("SIGKILL"), patienceMillis)
    const newcomers = comeAnew(load, gone)
    await sleep(200 + random.below(1000))
    // Then whoever waits for it has to be given up.
    if (obstacle !== "Never") await client.query("ROLLBACK").catch(() => {})
    const exitCode = await gone
    clearTimeout(late)
    await newcomers
    return { signalled, exitCode }
  })
  const exitMillis = performance.now() - signalled
  load.end()
  await Promise.all(callers)
  const stopped: Stopped = {
    asked: load.asked,
    signalled,
    exitMillis,
    exitCode,
    databaseGone: !isAlive(server) && !existsSync(server.socketFolder),
    stillOpen: idle.filter((socket) => !socket.closed).length,
    waiters: await Promise.all(waiters),
  }
  return { stopped, key: key ?? gateway.firstKey }
}

/** One that takes longer is broken enough to be ended by force. */
const patienceMillis = 40_000

/** Callers with connections of their own, who come while the gateway leaves. */
const comeAnew = async (load: Load, gone: Promise<unknown>) => {
  const gateway = { isGone: false }
  void gone.then(() => (gateway.isGone = true))
  while (!gateway.isGone) {
    await load.ask()
    await sleep(20)
  }
}

/** Two that are idle after an answer, and one that never sends the rest of its request. */
const openIdle = async (url: string): Promise<ReadonlyArray<Socket>> => {
  const { hostname, port } = new URL(url)
  const whole = "GET /health/live HTTP/1.1\r\nhost: gateway\r\n\r\n"
  const open = async (text: string) => {
    const socket = connect(Number(port), hostname)
    socket.on("error", () => {})
    await once(socket, "connect")
    socket.write(text)
    if (text === whole) await once(socket, "data")
    return socket.resume()
  }
  return Promise.all([open(whole), open(whole), open(whole.slice(0, 30))])
}
