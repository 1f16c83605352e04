import { HttpServer } from "@effect/platform"
import { Console, Effect, Layer, Redacted } from "effect"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { LastResort } from "../Departure.ts"
import { Main } from "../Main.ts"
import { SmallHeap } from "../SmallHeap.ts"
import { TerminalQr } from "../TerminalQr.ts"

const address = Effect.map(HttpServer.HttpServer, ({ address }) =>
  address._tag === "TcpAddress" ? `http://${address.hostname}:${address.port}` : address.path,
)

/** An empty gateway is of no use to anybody: the first start makes a tenant and a key to begin with. */
const firstSteps = Effect.gen(function* () {
  const organizations = yield* Organizations
  if ((yield* organizations.list).length > 0) return
  const { id } = yield* organizations.create("default")
  const { token } = yield* (yield* ApiKeys).create(id, {
    name: "first key",
    capabilities: ["read", "send", "manage"],
    expiresAt: null,
  })
  const key = Redacted.value(token)
  yield* Console.log(`
Made the organization ${id} and its first API key, shown this once:

  ${key}

Next, attach a phone; its QR code appears here, in a terminal, and at GET …/sessions/{session}/qr:

  curl -X POST ${yield* address}/api/v1/sessions \\
    -H "Authorization: Bearer ${key}" --json '{"label":"my phone"}'
`)
})

const welcome = Effect.gen(function* () {
  yield* Console.log(`Listening on ${yield* address}`)
  yield* firstSteps
  yield* Console.log("Ready. Ctrl-C ends it.")
})

/** Serves until it is told to end. */
export const start = Layer.launch(
  Layer.effectDiscard(welcome).pipe(
    Layer.merge(TerminalQr(process.stdout)),
    Layer.merge(LastResort),
    Layer.provide(Main),
    Layer.provide(SmallHeap),
  ),
)
