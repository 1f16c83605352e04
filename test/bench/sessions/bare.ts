/**
 * `bare.ts URL FOLDER`: sockets of the library and nothing else, as lean as its settings allow:
 * bounded caches that all of them share, one AsyncLocalStorage before Node 24, no cache of sent
 * messages, and keys in one file per account, so that neither pre-keys nor mappings are in memory.
 * The caches have the sizes and lifetimes of the gateway's own.
 *
 * Asked `{count, atOnce}` it connects until so many accounts are open and have been told their
 * groups; answers `{millis, openMillis}` since it was asked, and the first time since it began.
 */
import { once } from "node:events"
import { createInterface } from "node:readline"

const began = performance.now()
const [url, folder] = process.argv.slice(2)
const { BareSocket } = await import("./BareSocket.ts")

const sockets: Array<InstanceType<typeof BareSocket>> = []

const connect = async (count: number, atOnce: number, since: number) => {
  const open = Array.from({ length: atOnce }, async () => {
    while (sockets.length < count) {
      const socket = new BareSocket(url!, folder!, sockets.length)
      sockets.push(socket)
      await socket.opened
      opened = performance.now()
      await socket.library.groupFetchAllParticipating()
    }
  })
  let opened = since
  await Promise.all(open)
  return { millis: performance.now() - since, openMillis: opened - since }
}

let first: number | undefined = began
const lines = createInterface({ input: process.stdin })
lines.on("line", (line) => {
  const { atOnce, count } = JSON.parse(line) as { count: number; atOnce: number }
  const since = first ?? performance.now()
  first = undefined
  void connect(count, atOnce, since).then((answer) => console.log(JSON.stringify(answer)))
})
await once(lines, "close")
process.exit(0)
