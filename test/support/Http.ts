import { HttpServer } from "@effect/platform"
import { Effect } from "effect"

export interface Request {
  /** The bearer token. */
  readonly as?: string | undefined
  readonly method?: string
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // Tests look into bodies of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** Where the server of the context listens. */
export const baseUrl = Effect.map(HttpServer.HttpServer, ({ address }) =>
  address._tag === "TcpAddress" ? `http://127.0.0.1:${address.port}` : "",
)

/** One request over a real connection. */
export const send = (path: string, request: Request = {}) =>
  Effect.flatMap(baseUrl, (url) => Effect.promise(() => sendTo(url, path, request)))

/** Under the path that every endpoint of the api shares. */
export const api = (path: string, request?: Request) => send(`/api/v1${path}`, request)

const sendTo = async (
  url: string,
  path: string,
  { as, body, headers = {}, json, method = "GET" }: Request,
): Promise<Answer> => {
  const content = json === undefined ? body : JSON.stringify(json)
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
