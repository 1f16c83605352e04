import { Effect, Queue } from "effect"
import { type Connection, Connector } from "./Connector.ts"
import type { Lease } from "./Leases.ts"

/**
 * Of the login and the request; who asked for it waits about as long. It is in no queue with other
 * logins: behind a few hundred of them it would come too late.
 */
const patience = "4 seconds"

/**
 * Takes the device off the account's list, over the connection that there is, or over one made for it:
 * else the phone shows the device until its owner removes it there. WhatsApp out of reach, it does so.
 */
export const takeLeave = (
  { organization, session }: Lease,
  current: Connection | undefined,
): Effect.Effect<void, never, Connector> =>
  Effect.gen(function* () {
    if (current !== undefined) return yield* Effect.asVoid(current.logOut)
    const connector = yield* Connector
    if (!(yield* connector.isPaired(organization, session))) return
    yield* Effect.scoped(comeBack(connector, organization, session))
  }).pipe(Effect.timeoutOption(patience), Effect.asVoid)

const comeBack = Effect.fnUntraced(function* (
  connector: Connector["Type"],
  organization: Lease["organization"],
  session: Lease["session"],
) {
  const connection = yield* connector.connect(organization, session)
  const first = yield* Queue.take(connection.updates)
  if (first._tag === "Open") yield* connection.logOut
})
