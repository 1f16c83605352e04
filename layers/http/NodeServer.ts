import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { createServer, type Server, STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import { statusOf } from "../../src/domain/Failure.ts"
import { envelope } from "../../src/http/Envelope.ts"
import { Settings } from "../../src/Settings.ts"
import { malformed, type Refusal } from "./Refusal.ts"
import { requestIdOf } from "./RequestId.ts"
import { dataHeaders } from "./SecurityHeaders.ts"

/** Of the request line and all headers together. */
export const maxHeadBytes = 16_384

/** The process's own HTTP server, limited in time, size and number of connections. */
export class NodeServer extends Context.Tag("layers/http/NodeServer")<NodeServer, Server>() {
  static readonly layer = Layer.effect(
    NodeServer,
    Effect.map(Settings, ({ maxConnections, requestTimeoutSeconds }) => {
      const server = createServer({
        maxHeaderSize: maxHeadBytes,
        headersTimeout: Math.min(10, requestTimeoutSeconds) * 1000,
        // Later than our own limit on bodies, which can still tell the caller which request it was.
        requestTimeout: requestTimeoutSeconds * 1000 + 10_000,
        keepAliveTimeout: 65_000,
        // How late those limits may be; a thousand connections cost one percent of a core.
        connectionsCheckingInterval: 25,
      })
      server.maxConnections = maxConnections
      server.on("clientError", (error, socket) => refuse(error, socket as Socket))
      return server
    }),
  )
}

/** Listens where the settings say. */
export const listening = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { host, port } = yield* Settings
    const server = yield* NodeServer
    return NodeHttpServer.layer(() => server, { host, port })
  }),
)

type Answer = Pick<Refusal, "code" | "message" | "details">

/** What Node refuses before there is a request: the envelope all the same. */
const refusals: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    code: "payload_too_large",
    message: "the request headers are too large",
    details: { limit: maxHeadBytes },
  },
  ERR_HTTP_REQUEST_TIMEOUT: malformed("a request that arrives in time"),
}

const refuse = (error: NodeJS.ErrnoException, socket: Socket) => {
  if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy()
  const { code, details, message } = refusals[error.code ?? ""] ?? malformed("well-formed HTTP/1.1")
  const body = JSON.stringify(envelope(code, message, details))
  const headers = {
    ...dataHeaders,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-request-id": requestIdOf({}),
    connection: "close",
  }
  const head = [
    `HTTP/1.1 ${statusOf[code]} ${STATUS_CODES[statusOf[code]]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}
