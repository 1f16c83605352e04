import { HttpServer } from "@effect/platform"
import { Console, Effect, Layer, Redacted } from "effect"
import { setFlagsFromString } from "node:v8"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { LastResort } from "../Departure.ts"
import { Main } from "../Main.ts"
import { TerminalQr } from "../TerminalQr.ts"

/**
 * What hundreds of logins leave behind is collected when it has become a quarter of the heap. By default
 * the heap may first grow to several times what is in use, and lies scattered over all of it.
 */
const keepHeapSmall = Effect.sync(() => {
  setFlagsFromString("--heap-growing-percent=25")
  // Small buffers share a block, which stays for as long as one of them does: every connection has two
  // keys of 32 bytes for life, and would keep eight kilobytes with them.
  Buffer.poolSize = 1_024
})

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
export const start = Effect.zipRight(
  keepHeapSmall,
  Layer.launch(
    Layer.effectDiscard(welcome).pipe(
      Layer.merge(TerminalQr(process.stdout)),
      Layer.merge(LastResort),
      Layer.provide(Main),
    ),
  ),
)
