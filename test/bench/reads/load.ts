/** Asks for one page over and over: `load.ts URL KEY CONNECTIONS SECONDS`; says how often it was answered. */
import { connect } from "node:net"

const [, , address, key, connections, seconds] = process.argv
const url = new URL(address!)
const request = Buffer.from(
  `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${key}\r\n\r\n`,
)

let answered = 0
let until = 0

/** One connection: the next request goes out when the whole answer is in. */
const ask = () =>
  new Promise<void>((resolve, reject) => {
    let missing = 0
    const socket = connect(Number(url.port), url.hostname, () => socket.write(request))
    socket.setNoDelay(true)
    socket.on("error", reject)
    socket.on("data", (chunk) => {
      missing = missing === 0 ? expectedOf(chunk) - chunk.length : missing - chunk.length
      if (missing > 0) return
      answered += 1
      if (performance.now() < until) return void socket.write(request)
      socket.destroy()
      resolve()
    })
  })

/** The length of an answer, head and body, told by its beginning. */
const expectedOf = (chunk: Buffer) => {
  const end = chunk.indexOf("\r\n\r\n")
  const head = chunk.toString("latin1", 0, end)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (!head.startsWith("HTTP/1.1 200") || length === undefined) throw new Error(`answered ${head}`)
  return end + 4 + Number(length)
}

// Whom the key speaks for is looked up before the clock starts.
await ask()
answered = 0
const started = performance.now()
until = started + Number(seconds) * 1000
await Promise.all(Array.from({ length: Number(connections) }, ask))
console.log(JSON.stringify({ answered, seconds: (performance.now() - started) / 1000 }))
