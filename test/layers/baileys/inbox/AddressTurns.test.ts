import { describe, expect, it } from "vitest"
import { takeTurns } from "../../../../layers/baileys/inbox/AddressTurns.ts"
import { endpoint, type Remedy } from "./Endpoint.ts"

const bob = "20000000001@lid"
const accounts = ["20000000011@lid", "20000000012@lid", "20000000013@lid", "20000000014@lid"]

/** How many of many messages had their ratchet in the transaction that they were decrypted in. */
const together = async (...remedies: ReadonlyArray<Remedy>) => {
  const phone = endpoint(bob)
  const all = accounts.map((jid) => endpoint(jid, ...remedies))
  const sealed: Array<Array<Awaited<ReturnType<typeof phone.say>>>> = []
  for (const account of all) {
    await phone.meet(account)
    const texts = Array.from({ length: 10 }, (_, nth) => phone.say(account.jid, `text ${nth}`))
    sealed.push(await Promise.all(texts))
  }
  let count = 0
  const readAll = async (nth: number) => {
    const account = all[nth]!
    for (const message of sealed[nth]!) {
      const before = account.commits.length
      await account.keys.transaction(async () => {
        const text = await account.hear(bob, message)
        await account.keys.set({ inbox: { text } } as never)
      }, bob)
      const [commit, ...more] = account.commits.slice(before)
      if (commit && "session" in commit && "inbox" in commit && more.length === 0) count += 1
    }
  }
  await Promise.all(all.map((_, nth) => readAll(nth)))
  return count
}

describe("accounts that share a contact", () => {
  it("each commit a ratchet with what it decrypted", async () => {
    expect(await together(takeTurns)).toBe(40)
  })

  it("do not, as the library comes", async () => {
    expect(await together()).toBeLessThan(40)
  })
})
