import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { takeTurns } from "../../../../layers/baileys/inbox/AddressTurns.ts"
import { detachSends } from "../../../../layers/baileys/inbox/DetachedSends.ts"
import { sessionTransaction } from "../../../../layers/baileys/inbox/Repository.ts"
import { endpoint, type Remedy } from "./Endpoint.ts"

const bob = "20000000001@lid"
const me = "20000000002@lid"

/** How many of the messages that were sent while others came in can be read by the other side. */
const readable = async (...remedies: ReadonlyArray<Remedy>) => {
  const phone = endpoint(bob)
  const account = endpoint(me, ...remedies)
  await phone.meet(account)
  await account.hear(bob, await phone.say(me, "hello"))
  await phone.hear(me, await account.say(bob, "hello yourself"))

  let count = 0
  const send = async (text: string) => {
    // The library sends inside one transaction of the whole account.
    const message = await account.keys.transaction(() => account.say(bob, text), me)
    const heard = await phone.hear(me, message).catch(() => undefined)
    if (heard === text) count += 1
  }
  for (let nth = 0; nth < 5; nth += 1) {
    await account.hear(bob, await phone.say(me, `in ${nth}`))
    // Two in a row: the second leaves the account's own chain as it is.
    const incoming = await phone.say(me, `in again ${nth}`)
    const committing = account.delayNextCommit(150)
    const receiving = sessionTransaction(account.repository, account.keys, bob, () =>
      account.hear(bob, incoming),
    )
    await committing
    await Promise.all([receiving, send(`out ${nth}`)])
    await send(`out again ${nth}`)
  }
  return count
}

describe("messages sent while others come in", () => {
  it("can all be read by the other side", async () => {
    expect(await readable(takeTurns, detachSends)).toBe(10)
  })

  it("can not, as the library comes", async () => {
    expect(await readable(takeTurns)).toBeLessThan(10)
  })
})

describe("a session", () => {
  it("has one transaction, whichever way its address is written", async () => {
    const account = endpoint(me)
    const order: Array<string> = []
    const work = (name: string) => async () => {
      order.push(`${name} begins`)
      await sleep(5)
      order.push(`${name} ends`)
    }
    await Promise.all([
      sessionTransaction(account.repository, account.keys, bob, work("one")),
      sessionTransaction(account.repository, account.keys, "20000000001:0@lid", work("two")),
    ])
    expect(order).toEqual(["one begins", "one ends", "two begins", "two ends"])
  })
})
