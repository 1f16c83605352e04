import { describe, expect, it } from "@effect/vitest"
import { chatSeen, messageSeen } from "../../../layers/baileys/DirectChatSighting.ts"

const lid = "205227043110953@lid"
const phoneJid = "6281234567890@s.whatsapp.net"
const own = "100000000000001@lid"
const text = { conversation: "Hello" }

describe("a direct chat", () => {
  it("is seen in a message from somebody, by both of their addresses", () => {
    const key = { remoteJid: phoneJid, remoteJidAlt: lid, fromMe: false, id: "1" }
    expect(messageSeen({ key, message: text })).toEqual({
      _tag: "DirectChatSeen",
      person: { lid, phoneJid },
    })
  })

  it("is seen in a message of the account's own, whose other address is not the receiver's", () => {
    const key = { remoteJid: phoneJid, remoteJidAlt: own, fromMe: true, id: "1" }
    expect(messageSeen({ key, message: text })?.person).toEqual({ phoneJid })
  })

  it("is not seen in groups, broadcasts, and what the account's devices tell each other", () => {
    const remoteJids = ["120363021234567890@g.us", "status@broadcast", "1200000000@newsletter"]
    for (const remoteJid of remoteJids)
      expect(messageSeen({ key: { remoteJid, id: "1" }, message: text })).toBeUndefined()
    const key = { remoteJid: phoneJid, fromMe: true, id: "1" }
    expect(messageSeen({ key, message: { protocolMessage: {} } })).toBeUndefined()
  })

  it("is seen in the phone's history, by whatever addresses it has there", () => {
    expect(chatSeen({ id: phoneJid, lidJid: lid })?.person).toEqual({ lid, phoneJid })
    expect(chatSeen({ id: lid })?.person).toEqual({ lid })
    expect(chatSeen({ id: "120363021234567890@g.us", pnJid: phoneJid })).toBeUndefined()
  })
})
