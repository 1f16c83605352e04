import type { SignalDataSet } from "@whiskeysockets/baileys"
import { describe, expect, it } from "vitest"
import { makeInbox } from "../../../../layers/baileys/inbox/Inbox.ts"
import { cut } from "../../../../layers/baileys/Socket.ts"
import { MemoryKeys } from "../../../emulator/people/MemoryKeys.ts"
import { type Auth, Client } from "../../../emulator/support/Client.ts"
import { eventually, stage } from "../../../emulator/support/Stage.ts"

const emulator = await stage({ retryReceipts: false })
const bob = emulator.addPerson({ name: "Bob" })

const nothing = { find: async () => undefined, save: async () => {} }

/** Keys that are there, and can not be written any more once something was decrypted with them. */
class BrokenKeys extends MemoryKeys {
  readonly #onBroken: () => void

  constructor(sound: MemoryKeys, onBroken: () => void) {
    super()
    this.get = (kind, ids) => sound.get(kind, ids)
    this.#onBroken = onBroken
  }

  override set(data: SignalDataSet) {
    if (!("inbox" in data)) return
    this.#onBroken()
    throw new Error("the database is away")
  }
}

/** How a message ends that was decrypted and could not be stored; undefined when it comes again. */
const endOf = async (onBroken: (client: Client) => void) => {
  const me = emulator.addPerson()
  const first = await Client.link(emulator, me)
  await eventually(() => emulator.unsettled(me).length === 0 || undefined, "reading history")
  await first.end()
  await eventually(() => !emulator.isOnline(me) || undefined, "going offline")
  const id = await emulator.sendText(bob, me, "hello")
  let isBroken = false
  const keys = new BrokenKeys(first.auth.keys, () => {
    onBroken(client)
    isBroken = true
  })
  const inbox = makeInbox(nothing, { onLost: () => {}, onUndecryptable: () => {} })
  const auth: Auth = { creds: first.auth.creds, keys }
  const client: Client = new Client(emulator, auth, {
    makeSignalRepository: inbox.makeSignalRepository,
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    retryRequestDelayMs: 0,
  })
  inbox.attach(client.socket)
  await eventually(() => isBroken || undefined, "decrypting")
  const how = () => emulator.settled(me).find((one) => one.id === id)?.how
  await eventually(() => how() ?? (!emulator.isOnline(me) || undefined), "an end")
  await client.end()
  await eventually(() => !emulator.isOnline(me) || undefined, "going offline")
  return how()
}

describe("a message that was decrypted but could not be stored", () => {
  it("comes again when the line is cut before the failure is told", async () => {
    expect(await endOf(({ socket }) => void cut(socket))).toBeUndefined()
  })

  it("is refused for good when it is not", async () => {
    expect(await endOf(() => {})).toBe("nack:500")
  })
})
