import { describe, expect, it } from "@effect/vitest"
import { eventSightings } from "../../../layers/baileys/EventSightings.ts"
import { groupSeen } from "../../../layers/baileys/GroupSighting.ts"

const lid = "205227043110953@lid"
const phoneJid = "6281234567890@s.whatsapp.net"
const group = "120363021234567890@g.us"

describe("eventSightings", () => {
  it("says who has which names", () => {
    const contacts = [
      { id: lid, phoneNumber: phoneJid, name: "Saved" },
      { id: "6281234567890:12@s.whatsapp.net", notify: "Pushed", verifiedName: "Shop" },
    ]
    expect(eventSightings({ "contacts.upsert": contacts })).toEqual([
      { _tag: "ContactSeen", person: { lid, phoneJid }, savedName: "Saved" },
      { _tag: "ContactSeen", person: { phoneJid }, pushName: "Pushed", businessName: "Shop" },
    ])
  })

  it("says nothing of contacts that are groups, or have nothing to tell", () => {
    const contacts = [{ id: group, imgUrl: "changed" }, { id: lid }, { id: "status@broadcast" }]
    expect(eventSightings({ "contacts.update": contacts })).toEqual([])
  })

  it("says that two addresses are one person", () => {
    const person = { lid, phoneJid }
    expect(eventSightings({ "lid-mapping.update": { lid, pn: phoneJid } })).toEqual([
      { _tag: "ContactSeen", person },
    ])
  })

  it("says what history tells of names, addresses, tags", () => {
    const history = {
      chats: [{ id: group, participant: [{ userJid: lid, memberLabel: { label: "Boss" } }] }],
      contacts: [
        { id: group, name: "Family" },
        { id: phoneJid, notify: "Pushed" },
      ],
      messages: [],
      lidPnMappings: [{ lid, pn: phoneJid }],
    }
    expect(eventSightings({ "messaging-history.set": history })).toEqual([
      { _tag: "ContactSeen", person: { lid, phoneJid } },
      { _tag: "ContactSeen", person: { phoneJid }, pushName: "Pushed" },
      { _tag: "MemberTagged", group, member: { lid }, tag: "Boss" },
    ])
  })
})

describe("groupSeen", () => {
  const metadata = {
    id: group,
    subject: "Family",
    owner: lid,
    ownerPn: phoneJid,
    creation: 1_700_000_000,
    announce: true,
    participants: [
      { id: lid, phoneNumber: phoneJid, admin: "superadmin" as const },
      { id: "111222333444@lid", admin: null },
    ],
  }

  it("says what the group is, in milliseconds, by LID", () => {
    expect(groupSeen(metadata)).toEqual({
      _tag: "GroupSeen",
      jid: group,
      subject: "Family",
      description: "",
      owner: { lid, phoneJid },
      createdAtWa: 1_700_000_000_000,
      isAnnounce: true,
      isLocked: false,
      settings: { joinApproval: false, memberAddMode: "admins", disappearingSeconds: 0 },
      members: [
        { lid, phoneJid, role: "superadmin" },
        { lid: "111222333444@lid", role: "member" },
      ],
    })
  })

  it("does not know a time that WhatsApp hides", () => {
    expect(groupSeen({ ...metadata, creation: Number.NaN })?.createdAtWa).toBeUndefined()
  })
})
