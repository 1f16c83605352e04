import { describe, expect, it } from "vitest"
import { el } from "../wire/Nodes.ts"
import { Mailbox } from "./Mailbox.ts"

const message = (id: string) => el("message", { id, from: "bob" })
const ids = (mailbox: Mailbox) => mailbox.unsettled.map(({ attrs }) => attrs["id"])

describe("Mailbox", () => {
  it("hands everything unsettled out again, oldest first, until it is settled", () => {
    const mailbox = new Mailbox()
    for (const id of ["1", "2", "3"]) mailbox.put(message(id), true)
    mailbox.settleByReceipt("2", undefined)
    expect(mailbox.takeAll().map(({ attrs }) => attrs["id"])).toEqual(["1", "3"])
    mailbox.settleByAck(el("ack", { class: "message", id: "1", to: "bob", error: "500" }))
    expect(ids(mailbox)).toEqual(["3"])
    expect(mailbox.settled).toEqual([
      { tag: "message", id: "2", how: "receipt:delivered", first: true },
      { tag: "message", id: "1", how: "nack:500", first: true },
    ])
  })

  it("counts only what goes out a second time as redelivered", () => {
    const mailbox = new Mailbox()
    mailbox.put(message("sent"), true)
    mailbox.put(message("queued"), false)
    mailbox.takeAll()
    expect(mailbox.redelivered).toBe(1)
    mailbox.takeAll()
    expect(mailbox.redelivered).toBe(3)
  })

  it("tells a second settlement from the first", () => {
    const mailbox = new Mailbox()
    mailbox.put(message("1"), true)
    mailbox.settleByReceipt("1", "inactive")
    mailbox.settleByAck(el("ack", { class: "message", id: "1" }))
    expect(mailbox.settled.map(({ first }) => first)).toEqual([true, false])
  })

  it("keeps receipts of several members about one message apart", () => {
    const mailbox = new Mailbox()
    for (const participant of ["bob", "carol"]) {
      mailbox.put(el("receipt", { id: "1", from: "club", participant }), true)
    }
    mailbox.settleByAck(el("ack", { class: "receipt", id: "1", to: "club", participant: "bob" }))
    expect(mailbox.unsettled.map(({ attrs }) => attrs["participant"])).toEqual(["carol"])
  })
})
