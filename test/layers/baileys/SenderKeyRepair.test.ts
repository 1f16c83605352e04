import { describe, expect, it } from "vitest"
import { repairSenderKey } from "../../../layers/baileys/SenderKeyRepair.ts"
import { endpoint, type Remedy } from "./inbox/Endpoint.ts"

const bob = "20000000001@lid"
const me = "20000000002@lid"
const group = "120363021234567890@g.us"

/** As a store does that repairs what it is asked for. */
const repair: Remedy = (_, keys) => {
  const get: (type: string, ids: Array<string>) => Promise<Record<string, Uint8Array>> =
    keys.get as never
  const repaired: typeof get = async (type, ids) => {
    const found = await get(type, ids)
    if (type !== "sender-key") return found
    return Object.fromEntries(
      Object.entries(found).map(([id, bytes]) => [id, bytes && repairSenderKey(bytes)]),
    )
  }
  keys.get = repaired as never
}

/** Bob writes three times to a group; the second message comes last. */
const read = async (...remedies: ReadonlyArray<Remedy>) => {
  const phone = endpoint(bob)
  const account = endpoint(me, ...remedies)
  const sealed: Array<Uint8Array> = []
  for (const text of ["one", "two", "three"]) {
    const { ciphertext, senderKeyDistributionMessage } = await phone.repository.encryptGroupMessage(
      { group, meId: bob, data: Buffer.from(text) },
    )
    if (sealed.length === 0)
      await account.repository.processSenderKeyDistributionMessage({
        authorJid: bob,
        item: {
          groupId: group,
          axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage,
        },
      })
    sealed.push(ciphertext)
  }
  const texts: Array<string> = []
  for (const nth of [0, 2, 1]) {
    const opened = account.repository.decryptGroupMessage({
      group,
      authorJid: bob,
      msg: sealed[nth]!,
    })
    texts.push(
      await opened.then(
        (bytes) => Buffer.from(bytes).toString(),
        (failure: Error) => failure.message,
      ),
    )
  }
  return texts
}

describe("a group message that comes late", () => {
  it("is read from a sender key that was repaired", async () => {
    expect(await read(repair)).toEqual(["one", "three", "two"])
  })

  it("is not, as the library comes", async () => {
    const [first, second, late] = await read()
    expect([first, second]).toEqual(["one", "three"])
    expect(late).toContain("Expected Buffer")
  })
})
