import { describe, expect, it } from "vitest"
import { takeTurns } from "../../../../layers/baileys/inbox/AddressTurns.ts"
import { mendBystanders } from "../../../../layers/baileys/inbox/BystanderSessions.ts"
import { detachSends } from "../../../../layers/baileys/inbox/DetachedSends.ts"
import { Random } from "../../../evidence/Random.ts"
import { type Endpoint, endpoint, type Remedy } from "./Endpoint.ts"

type Both = ReturnType<typeof endpoint>
type Sealed = Awaited<ReturnType<Both["say"]>>

/** Both write and read at their own pace, and every so often the account starts a new session. */
const converse = async (seed: number, phone: Both, account: Both) => {
  const random = new Random(seed)
  const [toAccount, toPhone]: [Array<Sealed>, Array<Sealed>] = [[], []]
  let unreadable = 0
  const send = async (from: Both, to: Both, queue: Array<Sealed>, startsOver: boolean) => {
    const { exists } = await from.repository.validateSession(to.jid)
    if (!exists || startsOver) await from.meet(to satisfies Endpoint)
    queue.push(await from.say(to.jid, "text"))
  }
  const read = async (by: Both, from: Both, queue: Array<Sealed>) => {
    const message = queue.shift()
    await (message && by.hear(from.jid, message).catch(() => (unreadable += 1)))
  }
  for (let step = 0; step < 100; step += 1) {
    const dice = random.next()
    if (dice < 0.35) await send(phone, account, toAccount, false)
    else if (dice < 0.6) await send(account, phone, toPhone, random.chance(0.12))
    else if (dice < 0.8) await read(account, phone, toAccount)
    else await read(phone, account, toPhone)
  }
  while (toAccount.length > 0) await read(account, phone, toAccount)
  while (toPhone.length > 0) await read(phone, account, toPhone)
  return unreadable
}

const conversations = async (ofPhone: ReadonlyArray<Remedy>, ofAccount: ReadonlyArray<Remedy>) => {
  let unreadable = 0
  for (let seed = 1; seed <= 8; seed += 1) {
    const phone = endpoint("20000000001@lid", takeTurns, ...ofPhone)
    const account = endpoint("20000000002@lid", takeTurns, ...ofAccount)
    unreadable += await converse(seed, phone, account)
  }
  return unreadable
}

describe("two who write to each other over backlogs", () => {
  it("read every word when both leave bystanders alone, as phones do", async () => {
    expect(await conversations([mendBystanders], [mendBystanders, detachSends])).toBe(0)
  }, 60_000)

  it("do not when one of them is the library as it comes, whichever it is", async () => {
    expect(await conversations([], [mendBystanders, detachSends])).toBeGreaterThan(0)
    expect(await conversations([mendBystanders], [detachSends])).toBeGreaterThan(0)
  }, 60_000)
})
