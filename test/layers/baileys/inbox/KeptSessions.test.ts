import { EventEmitter } from "node:events"
import { describe, expect, it } from "vitest"
import { keepSessions, Renewals } from "../../../../layers/baileys/inbox/KeptSessions.ts"
import { endpoint, type Remedy } from "./Endpoint.ts"

const bob = "20000000001@lid"
const me = "20000000002@lid"

const keeping =
  (renewals = new Renewals()): Remedy =>
  (repository, keys) =>
    keepSessions(repository, keys, renewals)

type Endpoint = ReturnType<typeof endpoint>

const sessionsWith = async ({ keys, repository }: Endpoint, jid: string) => {
  const address = repository.jidToSignalProtocolAddress(jid)
  const { [address]: record } = await keys.get("session", [address])
  const { _sessions } = record as unknown as { readonly _sessions: object }
  return Object.keys(_sessions)
}

/** Two who have each heard of the other. */
const acquainted = async (...remedies: ReadonlyArray<Remedy>) => {
  const phone = endpoint(bob)
  const account = endpoint(me, ...remedies)
  await phone.meet(account)
  await account.hear(bob, await phone.say(me, "hello"))
  await phone.hear(me, await account.say(bob, "hello yourself"))
  return { account, phone }
}

/** A message that lay in a queue while the account was started fifty times, and wrote every time. */
const readLate = async (...remedies: ReadonlyArray<Remedy>) => {
  const { account, phone } = await acquainted(...remedies)
  const late = await phone.say(me, "from before")
  for (let nth = 0; nth < 50; nth += 1) {
    await account.meet(phone)
    await account.say(bob, `never arrives ${nth}`)
  }
  return account.hear(bob, late).catch((failure: Error) => failure.message)
}

describe("a session that stands", () => {
  it("is kept, so that what is under way opens", async () => {
    expect(await readLate(keeping())).toBe("from before")
  })

  it("is not, as the library comes", async () => {
    expect(await readLate()).toBe("No matching sessions found for message")
  })

  it("is what the next message is written under", async () => {
    const { account, phone } = await acquainted(keeping())
    const before = await sessionsWith(account, bob)
    await account.meet(phone)
    expect(await sessionsWith(account, bob)).toEqual(before)
    expect(await phone.hear(me, await account.say(bob, "again"))).toBe("again")
  })

  it("gives way where the other side has asked for the message again, once", async () => {
    const renewals = new Renewals()
    const ws = new EventEmitter()
    renewals.follow({ ws } as never)
    const { account, phone } = await acquainted(keeping(renewals))
    const before = await sessionsWith(account, bob)
    ws.emit("CB:receipt", { tag: "receipt", attrs: { from: bob, type: "read" } })
    await account.meet(phone)
    expect(await sessionsWith(account, bob)).toEqual(before)
    ws.emit("CB:receipt", { tag: "receipt", attrs: { from: bob, type: "retry" } })
    for (const sessions of [2, 2]) {
      await account.meet(phone)
      expect(await sessionsWith(account, bob)).toHaveLength(sessions)
    }
    expect(await phone.hear(me, await account.say(bob, "again"))).toBe("again")
  })

  it("gives way to another device, or the same one set up anew", async () => {
    const { account, phone } = await acquainted(keeping())
    const bundle = await phone.bundle()
    const changes = [{ registrationId: bundle.registrationId + 1 }, await endpoint(bob).bundle()]
    for (const [nth, change] of changes.entries()) {
      const session = { ...bundle, ...change }
      await account.repository.injectE2ESession({ jid: bob, session })
      expect(await sessionsWith(account, bob)).toHaveLength(2 + nth)
    }
  })

  it("is told from nobody's", async () => {
    const { account } = await acquainted(keeping())
    const stranger = endpoint("20000000003@lid")
    await account.meet(stranger)
    expect(await sessionsWith(account, stranger.jid)).toHaveLength(1)
  })
})
