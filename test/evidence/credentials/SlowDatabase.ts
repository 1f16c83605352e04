import * as net from "node:net"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import type { Random } from "../Random.ts"

/** A way to the database on which one answer of four is late, by up to 60 ms, while `isSlow`. */
export class SlowDatabase {
  isSlow = false
  readonly url: string
  readonly #server: net.Server
  readonly #sockets = new Set<net.Socket>()
  readonly #random: Random

  private constructor(socketPath: string, user: string, server: net.Server, random: Random) {
    this.#server = server
    this.#random = random
    const { port } = server.address() as AddressInfo
    this.url = `postgresql://${user}@127.0.0.1:${port}/postgres`
    server.on("connection", (client) => this.#join(client, net.connect(socketPath)))
  }

  static async start(databaseUrl: string, random: Random): Promise<SlowDatabase> {
    const { searchParams, username } = new URL(databaseUrl)
    const socketPath = join(searchParams.get("host")!, ".s.PGSQL.5432")
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return new SlowDatabase(socketPath, username, server, random)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #join(client: net.Socket, database: net.Socket): void {
    let previous = Promise.resolve()
    client.pipe(database)
    database.on("data", (chunk: Buffer) => {
      const late = this.#late()
      previous = previous.then(late).then(() => void client.write(chunk))
    })
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on("error", () => {}).on("close", () => other.destroy())
    }
  }

  #late() {
    if (!this.isSlow || !this.#random.chance(0.25)) return () => Promise.resolve()
    const millis = 5 + this.#random.below(55)
    return () => new Promise<void>((resolve) => setTimeout(resolve, millis))
  }
}
