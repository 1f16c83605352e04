import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { createServer, type Server } from "node:http"
import type { Socket } from "node:net"
import { type Code, statusOf } from "../../src/domain/Failure.ts"
import { envelope } from "../../src/http/Envelope.ts"
import { Settings } from "../../src/Settings.ts"

/** Of the request line and all headers together. */
export const maxHeadBytes = 16_384

/** The process's own HTTP server, limited in time, size and number of connections. */
export class NodeServer extends Context.Tag("layers/http/NodeServer")<NodeServer, Server>() {
  static readonly layer = Layer.effect(
    NodeServer,
    Effect.map(Settings, ({ maxConnections, requestTimeoutSeconds }) => {
      const server = createServer({
        maxHeaderSize: maxHeadBytes,
        headersTimeout: 10_000,
        // Later than our own limit on bodies, which can still tell the caller which request it was.
        requestTimeout: requestTimeoutSeconds * 1000 + 10_000,
        keepAliveTimeout: 65_000,
        connectionsCheckingInterval: 1000,
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

type Answer = { readonly status: number; readonly code: Code; readonly message: string }

/** What Node refuses before there is a request: the envelope all the same. */
const refusals: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "payload_too_large",
    message: "the request headers are too large",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "validation_error",
    message: "the request did not arrive in time",
  },
}

const unreadable: Answer = {
  status: statusOf.validation_error,
  code: "validation_error",
  message: "the request could not be read",
}

const refuse = (error: NodeJS.ErrnoException, socket: Socket) => {
  if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy()
  const { code, message, status } = refusals[error.code ?? ""] ?? unreadable
  const body = JSON.stringify(envelope(code, message, { fields: [] }))
  const head = [
    `HTTP/1.1 ${status} Refused`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "x-content-type-options: nosniff",
    "connection: close",
  ]
  return socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}
