import { describe, expect, it } from "vitest"
import { mendBystanders } from "../../../../layers/baileys/inbox/BystanderSessions.ts"
import { endpoint, type Remedy } from "./Endpoint.ts"

const bob = "20000000001@lid"
const me = "20000000002@lid"

/**
 * Bob starts over while messages under his first session are still under way: the second session is
 * the one tried first, and it is what he writes under from then on.
 */
const readLate = async (...remedies: ReadonlyArray<Remedy>) => {
  const phone = endpoint(bob)
  const account = endpoint(me, ...remedies)
  const read = (message: Awaited<ReturnType<typeof phone.say>>) =>
    account.hear(bob, message).catch((failure: Error) => failure.message)

  await phone.meet(account)
  const greeting = await read(await phone.say(me, "hello"))
  await phone.hear(me, await account.say(bob, "hello yourself"))
  const late = await phone.say(me, "under the old session")

  await phone.meet(account)
  const fresh = await read(await phone.say(me, "under the new session"))
  await phone.hear(me, await account.say(bob, "seen"))
  const next = await phone.say(me, "still under the new session")
  return [greeting, fresh, await read(late), await read(next)]
}

const everything = [
  "hello",
  "under the new session",
  "under the old session",
  "still under the new session",
]

describe("a message for an old session", () => {
  it("leaves the newer one as it was", async () => {
    expect(await readLate(mendBystanders)).toEqual(everything)
  })

  it("damages it, as the library comes", async () => {
    const [, , , last] = await readLate()
    expect(last).toBe("No matching sessions found for message")
  })
})
