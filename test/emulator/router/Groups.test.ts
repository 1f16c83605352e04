import { describe, expect, it } from "vitest"
import { Client } from "../support/Client.ts"
import { closing, refusal, stage } from "../support/Stage.ts"

const emulator = await stage()
const alice = emulator.addPerson({ name: "Alice" })
const bob = emulator.addPerson({ name: "Bob" })
const carol = emulator.addPerson({ name: "Carol" })
const dave = emulator.addPerson({ name: "Dave" })
const NOBODY = "19990000000@s.whatsapp.net"
emulator.as(dave).setPrivacy("groupadd", "none")
const client = closing(await Client.link(emulator, alice))
const { socket } = client

const ownGroup = async (...members: Array<typeof bob>) => {
  const { id } = await socket.groupCreate(
    "Own",
    members.map(({ pnJid }) => pnJid),
  )
  const group = emulator.world.groups.get(id)
  if (!group) throw new Error("the group was not made")
  return group
}

describe("Reading groups", () => {
  it("lists every group the account is in, addressed by LID", async () => {
    const club = emulator.addGroup({ subject: "Club", owner: bob, members: [alice, carol] })
    const all = await socket.groupFetchAllParticipating()
    expect(all[club.jid]).toMatchObject({ subject: "Club", addressingMode: "lid", size: 3 })
    expect(all[club.jid]?.participants[0]).toMatchObject({
      id: bob.lidJid,
      phoneNumber: bob.pnJid,
      admin: "superadmin",
    })
  })

  it("addresses the members of an older group by phone number", async () => {
    const old = emulator.addGroup({
      subject: "Old",
      owner: bob,
      members: [alice],
      addressing: "pn",
    })
    const { participants } = await socket.groupMetadata(old.jid)
    expect(participants[0]).toMatchObject({ id: bob.pnJid, lid: bob.lidJid })
  })

  it("shows settings and the community a group belongs to", async () => {
    const town = emulator.addGroup({
      subject: "Town",
      owner: bob,
      members: [alice],
      community: true,
    })
    const quarter = emulator.addGroup({
      subject: "Quarter",
      owner: bob,
      members: [alice],
      announce: true,
      locked: true,
      approval: true,
      ephemeral: 86_400,
      parent: town.jid,
    })
    expect(await socket.groupMetadata(quarter.jid)).toMatchObject({
      announce: true,
      restrict: true,
      joinApprovalMode: true,
      ephemeralDuration: 86_400,
      linkedParent: town.jid,
    })
    expect((await socket.groupMetadata(town.jid)).isCommunity).toBe(true)
  })

  it("refuses with 401, 403 and 404", async () => {
    const club = emulator.addGroup({ subject: "Club", owner: bob, members: [alice] })
    const secret = emulator.addGroup({ subject: "Secret", owner: bob })
    expect(await refusal(socket.groupInviteCode(club.jid))).toBe(401)
    expect(await refusal(socket.groupMetadata(secret.jid))).toBe(403)
    expect(await refusal(socket.groupMetadata("120363999@g.us"))).toBe(404)
  })
})

describe("Changing groups", () => {
  it("creates one with whoever may be added, lists the refused behind them, and tells the creator", async () => {
    const { id, participants } = await socket.groupCreate("New", [bob.pnJid, dave.pnJid, NOBODY])
    expect(participants.find((one) => one.id === alice.lidJid)?.admin).toBe("superadmin")
    expect(participants.map((one) => one.id)).toEqual([
      alice.lidJid,
      bob.lidJid,
      dave.lidJid,
      NOBODY,
    ])
    await client.event("groups.upsert", (groups) => groups.some((group) => group.id === id))
    expect([...(emulator.world.groups.get(id)?.members.keys() ?? [])]).toEqual([alice.id, bob.id])
  })

  it("renames and describes", async () => {
    const group = await ownGroup()
    await socket.groupUpdateSubject(group.jid, "Renamed")
    await client.event("groups.update", (all) => all.some(({ subject }) => subject === "Renamed"))
    await socket.groupUpdateDescription(group.jid, "about us")
    expect((await socket.groupMetadata(group.jid)).desc).toBe("about us")
    await socket.groupUpdateDescription(group.jid)
    expect(group.description).toBeUndefined()
  })

  it("sets every setting", async () => {
    const group = await ownGroup()
    await socket.groupSettingUpdate(group.jid, "announcement")
    await socket.groupSettingUpdate(group.jid, "locked")
    await socket.groupMemberAddMode(group.jid, "all_member_add")
    await socket.groupJoinApprovalMode(group.jid, "on")
    await socket.groupToggleEphemeral(group.jid, 604_800)
    const on = { announce: true, locked: true, approval: true, ephemeral: 604_800 }
    expect(group).toMatchObject({ ...on, memberAddMode: "all_member_add" })
    await socket.groupSettingUpdate(group.jid, "not_announcement")
    await socket.groupSettingUpdate(group.jid, "unlocked")
    await socket.groupMemberAddMode(group.jid, "admin_add")
    await socket.groupJoinApprovalMode(group.jid, "off")
    await socket.groupToggleEphemeral(group.jid, 0)
    const off = { announce: false, locked: false, approval: false, ephemeral: 0 }
    expect(group).toMatchObject({ ...off, memberAddMode: "admin_add" })
  })

  it("adds, promotes, demotes and removes with a verdict for each person", async () => {
    const { jid } = await ownGroup(bob)
    const asked = [carol.pnJid, dave.pnJid, bob.pnJid, NOBODY]
    const added = await socket.groupParticipantsUpdate(jid, asked, "add")
    expect(added.map(({ status }) => status)).toEqual(["200", "403", "409", "404"])
    expect(added[1]?.content.content).toMatchObject([{ tag: "add_request" }])
    for (const action of ["promote", "demote", "remove"] as const) {
      const [verdict] = await socket.groupParticipantsUpdate(jid, [carol.pnJid], action)
      expect(verdict).toMatchObject({ status: "200", jid: carol.lidJid })
      const update = await client.event(
        "group-participants.update",
        (update) => update.id === jid && update.action === action,
      )
      expect(update.participants[0]?.phoneNumber).toBe(carol.pnJid)
    }
  })

  it("lets the person a refused add left an invitation for come in with it", async () => {
    const group = emulator.addGroup({ subject: "Shy", owner: bob })
    emulator.as(alice).setPrivacy("groupadd", "none")
    const [verdict] = emulator.as(bob).add(group, alice)
    emulator.as(alice).setPrivacy("groupadd", "all")
    const invitation = {
      groupJid: group.jid,
      inviteCode: verdict?.addRequest ?? "",
      inviteExpiration: 1,
    }
    expect(await socket.groupAcceptInviteV4(bob.pnJid, invitation)).toBe(group.jid)
    expect(group.members.has(alice.id)).toBe(true)
  })

  it("leaves", async () => {
    const group = emulator.addGroup({ subject: "Leave", owner: bob, members: [alice] })
    await socket.groupLeave(group.jid)
    expect(group.members.has(alice.id)).toBe(false)
  })
})

describe("Invites", () => {
  it("are shown, revoked and inspected", async () => {
    const { jid } = await ownGroup()
    const old = (await socket.groupInviteCode(jid)) ?? ""
    const fresh = (await socket.groupRevokeInvite(jid)) ?? ""
    expect(fresh).not.toBe(old)
    expect(await socket.groupGetInviteInfo(fresh)).toMatchObject({ id: jid })
    expect(await refusal(socket.groupGetInviteInfo(old))).toBe(410)
    expect(await refusal(socket.groupAcceptInvite("invented"))).toBe(406)
  })

  it("let the account in, unless the group is full", async () => {
    const open = emulator.addGroup({ subject: "Open", owner: bob })
    expect(await socket.groupAcceptInvite(emulator.as(bob).inviteCode(open))).toBe(open.jid)
    const full = emulator.addGroup({ subject: "Full", owner: bob, capacity: 1 })
    expect(await refusal(socket.groupAcceptInvite(emulator.as(bob).inviteCode(full)))).toBe(419)
  })

  it("only ask where admins approve", async () => {
    const picky = emulator.addGroup({ subject: "Picky", owner: bob, approval: true })
    const code = emulator.as(bob).inviteCode(picky)
    expect(await socket.groupAcceptInvite(code)).toBeUndefined()
    expect([...picky.requests.keys()]).toEqual([alice.id])
  })
})

describe("Join requests", () => {
  it("are announced to an admin, listed, approved and rejected", async () => {
    const group = await ownGroup()
    emulator.as(alice).setApproval(group, true)
    const code = emulator.as(alice).inviteCode(group)
    for (const person of [bob, carol]) emulator.as(person).join(code)
    const created = await client.event("group.join-request", ({ id }) => id === group.jid)
    expect(created).toMatchObject({ participant: bob.lidJid, action: "created" })
    const open = await socket.groupRequestParticipantsList(group.jid)
    expect(open.map(({ jid }) => jid)).toEqual([bob.lidJid, carol.lidJid])
    const update = socket.groupRequestParticipantsUpdate
    const approved = await update(group.jid, [bob.pnJid, dave.pnJid], "approve")
    expect(approved.map(({ status }) => status)).toEqual(["200", "404"])
    await update(group.jid, [carol.pnJid], "reject")
    await client.event("group.join-request", ({ action }) => action === "rejected")
    expect([...group.members.keys()]).toEqual([alice.id, bob.id])
  })

  it("can be taken back", async () => {
    const group = await ownGroup()
    emulator.as(alice).setApproval(group, true)
    emulator.as(bob).join(emulator.as(alice).inviteCode(group))
    emulator.as(bob).cancelRequest(group)
    const revoked = await client.event(
      "group.join-request",
      ({ id, action }) => id === group.jid && action === "revoked",
    )
    expect(revoked.participant).toBe(bob.lidJid)
  })
})
