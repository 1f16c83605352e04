import * as http from "node:http"
import * as net from "node:net"

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

export interface Heard {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly millis: number
  /** When it was sent and when it was answered, by the process's own clock. */
  readonly sentAt: number
  readonly heardAt: number
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })

/** One request on a connection that is kept. */
export const ask = (url: string, asked: Asked = {}): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const { headers, json, method = "GET" } = asked
    const body = json === undefined ? undefined : JSON.stringify(json)
    const type = body === undefined ? {} : { "content-type": "application/json" }
    const sentAt = performance.now()
    const request = http.request(url, { agent, method, headers: { ...type, ...headers } })
    request.on("error", (error: NodeJS.ErrnoException) => {
      // The server may hang up on an idle connection just when it is used again.
      if (request.reusedSocket && error.code === "ECONNRESET") resolve(ask(url, asked))
      else reject(error)
    })
    request.on("response", (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
      response.on("error", reject).on("end", () => {
        const heardAt = performance.now()
        const { headers, statusCode: status = 0 } = response
        resolve({ status, headers, text, millis: heardAt - sentAt, sentAt, heardAt })
      })
    })
    request.end(body)
  })

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** What no HTTP client would send, byte for byte, on a connection of its own; the answer as it came. */
export const askRaw = (url: string, head: string): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    let answer = ""
    const socket = net.connect(Number(port), hostname)
    // The server hangs up before it has read a megabyte; what it said before still counts.
    socket.on("error", () => {})
    socket.setEncoding("latin1").on("data", (chunk: string) => (answer += chunk))
    socket.on("close", () => resolve(answer))
    socket.write(Buffer.from(head, "latin1"))
  })
