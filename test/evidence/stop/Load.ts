import { Agent, request } from "node:http"

/** One request and how it ended: with a status, or without an answer. */
export interface Asked {
  readonly label: string | undefined
  readonly started: number
  readonly ended: number
  readonly status: number | undefined
  readonly retryAfter: boolean
  /** What the connection said instead of an answer. */
  readonly error: string | undefined
}

/** Callers of one gateway, and everything they were told. */
export class Load {
  readonly asked: Array<Asked> = []
  readonly #url: string
  readonly #key: string
  readonly #agent = new Agent({ keepAlive: true })
  #stopped = false

  constructor(url: string, key: string) {
    this.#url = url
    this.#key = key
  }

  /** Asks without pause over connections that are kept, until there is nobody to ask. */
  async caller(name: string) {
    for (let nth = 0; !this.#stopped; nth += 1) {
      const label = nth % 4 === 0 ? `${name}-${nth}` : undefined
      const { error } = await this.ask(label, this.#agent)
      if (error === "ECONNREFUSED") return
    }
  }

  /** Asks once for what is never answered; tells whether it was. */
  waiter(): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.#key}` }
    return new Promise((resolve) => {
      request(`${this.#url}/api/v1/never`, { headers })
        .once("error", () => resolve(false))
        .once("response", () => resolve(true))
        .end()
    })
  }

  /** Makes a session of that label, or without one only looks. */
  ask(label?: string, agent: Agent | false = false): Promise<Asked> {
    const started = performance.now()
    return new Promise((resolve) => {
      const settle = (outcome: Pick<Asked, "status" | "retryAfter" | "error">) => {
        const asked = { label, started, ended: performance.now(), ...outcome }
        this.asked.push(asked)
        resolve(asked)
      }
      const path = label === undefined ? "/api/v1/api-keys" : "/api/v1/sessions"
      const sent = request(
        `${this.#url}${path}`,
        {
          agent,
          method: label === undefined ? "GET" : "POST",
          headers: {
            authorization: `Bearer ${this.#key}`,
            ...(label && { "content-type": "application/json" }),
          },
        },
        (response) => {
          const retryAfter = response.headers["retry-after"] !== undefined
          response.on("end", () =>
            settle({ status: response.statusCode, retryAfter, error: undefined }),
          )
          response.on("error", () => settle({ ...unanswered, error: "answer cut off" }))
          response.resume()
        },
      )
      sent.on("error", (error: NodeJS.ErrnoException) =>
        settle({ ...unanswered, error: error.code ?? error.message }),
      )
      sent.end(label && JSON.stringify({ label, start: false }))
    })
  }

  end() {
    this.#stopped = true
    this.#agent.destroy()
  }
}

const unanswered = { status: undefined, retryAfter: false } as const
