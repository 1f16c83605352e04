import { Agent, type IncomingHttpHeaders, request } from "node:http"

export interface Sent {
  readonly method: string
  /** What stands in the request line, as it is. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

const patienceMillis = 20_000

/** One request as it is written, which `fetch` would tidy up. Rejects when no answer comes. */
export class Wire {
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })

  constructor(url: string) {
    this.#url = new URL(url)
  }

  send({ body, headers, method, target }: Sent): Promise<Reply> {
    const { hostname: host, port } = this.#url
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }
      const sent = request(
        {
          host,
          port,
          method,
          path: target,
          headers: { ...length, ...headers },
          agent: this.#agent,
        },
        (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => chunks.push(chunk))
          response.on("error", reject)
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString()
            resolve({ status: response.statusCode!, headers: response.headers, text })
          })
        },
      )
      sent.setTimeout(patienceMillis, () => sent.destroy(new Error("no answer in 20 s")))
      sent.on("error", reject)
      sent.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
