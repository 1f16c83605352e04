import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import type { Certificate } from "../wire/Certificate.ts"
import { Wire } from "../wire/Wire.ts"
import { Connection } from "./Connection.ts"
import { introduce } from "./Login.ts"
import { route } from "./Router.ts"
import type { Server } from "./Server.ts"

/** Puts a new WebSocket on the line, from handshake to hanging up. */
export const receive = (
  server: Server,
  certificate: Certificate,
  socket: WebSocket,
  line: Socket,
) => {
  const wire = new Wire(socket, line, certificate, {
    introduced: (introduction) => introduce(server, connection, introduction),
    received: (node) => server.attempt(() => route(server, connection, node)),
    closed: () => hangUp(server, connection),
  })
  const connection: Connection = new Connection(wire)
  server.connections.add(connection)
}

const hangUp = (server: Server, connection: Connection) => {
  server.connections.delete(connection)
  server.linking.forget(connection)
  connection.closed()
  const { companion } = connection
  if (companion?.link === connection) companion.link = undefined
}
