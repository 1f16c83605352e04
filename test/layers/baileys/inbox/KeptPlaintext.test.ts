import { describe, expect, it } from "vitest"
import { keepPlaintext } from "../../../../layers/baileys/inbox/KeptPlaintext.ts"
import { hashOf } from "../../../../layers/baileys/inbox/Letter.ts"
import { Origins } from "../../../../layers/baileys/inbox/Origins.ts"
import { endpoint, type Remedy } from "./Endpoint.ts"

const bob = "20000000001@lid"
const me = "20000000002@lid"

const stage = async () => {
  const origins = new Origins()
  const stored = new Map<string, Uint8Array>()
  let orphans = 0
  const keeping: Remedy = (repository, keys) =>
    keepPlaintext(repository, keys, {
      origins,
      replay: (hash) => Promise.resolve(stored.get(hash)),
      onOrphan: () => (orphans += 1),
    })
  const phone = endpoint(bob)
  const account = endpoint(me, keeping)
  await phone.meet(account)
  const message = await phone.say(me, "hello")
  const stanza = {
    tag: "message",
    attrs: { id: "A1", from: bob },
    content: [{ tag: "enc", attrs: { type: message.type }, content: message.ciphertext }],
  }
  return { account, message, stanza, origins, stored, orphans: () => orphans }
}

describe("what is decrypted", () => {
  it("is committed with its ratchet and the used-up pre-key, in one piece", async () => {
    const { account, message, origins, stanza } = await stage()
    origins.note(stanza)
    const before = account.commits.length
    await account.hear(bob, message)
    expect(account.commits.slice(before)).toHaveLength(1)
    const [commit] = account.commits.slice(before)
    expect(Object.keys(commit!).sort()).toEqual(["identity-key", "inbox", "pre-key", "session"])
    expect(Reflect.get(commit!, "inbox")).toMatchObject({
      [hashOf(message.ciphertext)]: { kind: "decrypted", attrs: { id: "A1" }, part: 0 },
    })
  })

  it("is answered from the store when it comes again", async () => {
    const { account, message, origins, stanza, stored } = await stage()
    origins.note(stanza)
    await account.hear(bob, message)
    await expect(account.hear(bob, message)).rejects.toThrow("Key used already")
    stored.set(hashOf(message.ciphertext), Buffer.from("hello, stored"))
    expect(await account.hear(bob, message)).toBe("hello, stored")
  })

  it("is not decrypted when nobody knows where it came from", async () => {
    const { account, message, orphans } = await stage()
    const before = account.commits.length
    await expect(account.hear(bob, message)).rejects.toThrow("unknown origin")
    expect(orphans()).toBe(1)
    expect(account.commits).toHaveLength(before)
  })
})
