/** A gateway in a process of its own, `gateway.ts [plain]`: tells where it is, and ends with its input. */
import { Effect } from "effect"
import { once } from "node:events"
import { estate } from "../../http/Estate.ts"
import { baseUrl } from "../../support/Http.ts"
import { arrivalSeconds } from "./Bomb.ts"
import { mainWith, onGateway, plainServe } from "../Gateways.ts"

const main = process.argv[2] === "plain" ? mainWith({ serve: plainServe }) : undefined

// A control may die of what it is sent; its database is ended all the same.
const died = once(process, "uncaughtException")

await onGateway(
  Effect.gen(function* () {
    const { ids, key } = yield* estate()
    console.log(JSON.stringify({ url: yield* baseUrl, key, ids }))
    process.stdin.resume()
    yield* Effect.promise(() => Promise.race([once(process.stdin, "end"), died]))
  }),
  main,
  { REQUEST_TIMEOUT_SECONDS: String(arrivalSeconds) },
)
process.exit(0)
