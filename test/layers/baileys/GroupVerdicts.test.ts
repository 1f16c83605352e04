import { describe, expect, it } from "@effect/vitest"
import { verdictsFor } from "../../../layers/baileys/GroupVerdicts.ts"
import type { PersonJid } from "../../../src/domain/Jid.ts"

const [ada, bob] = ["6281111111111@s.whatsapp.net", "6282222222222@s.whatsapp.net"] as [
  PersonJid,
  PersonJid,
]
const [adaLid, bobLid, me] = ["111111111111@lid", "222222222222@lid", "999999999999@lid"]

const participant = (attrs: Record<string, string | undefined>, content: Array<Child> = []) => ({
  tag: "participant",
  attrs: attrs as Record<string, string>,
  content,
})
type Child = { tag: string; attrs: Record<string, string> }

const codes = (verdicts: ReturnType<typeof verdictsFor>) => verdicts.map((one) => one?.code)

const owner = participant({ jid: me, type: "superadmin" })

describe("verdicts", () => {
  it("are told by name, whoever else is listed", () => {
    const listed = [
      owner,
      participant({ jid: bobLid, phone_number: bob }),
      participant({ jid: adaLid, phone_number: ada, error: "403" }),
    ]
    expect(codes(verdictsFor("add", [ada, bob], listed, "any"))).toEqual([403, 200])
  })

  it("follow the order of those who are named by their other address", () => {
    const listed = [participant({ jid: adaLid, error: "404" }), participant({ jid: bobLid })]
    expect(codes(verdictsFor("remove", [ada, bob], listed, "asked"))).toEqual([404, 200])
  })

  it("are not guessed where the order is WhatsApp's own", () => {
    const listed = [owner, participant({ jid: bobLid }), participant({ jid: adaLid, error: "403" })]
    expect(codes(verdictsFor("add", [ada, bob], listed, "any"))).toEqual([undefined, undefined])
  })

  it("need no names where all fared alike, whose owner is no part of it", () => {
    const listed = [owner, participant({ jid: bobLid }), participant({ jid: adaLid })]
    expect(codes(verdictsFor("add", [ada, bob], listed, "any"))).toEqual([200, 200])
  })

  it("leave out only whom WhatsApp left out", () => {
    const listed = [owner, participant({ jid: bobLid, phone_number: bob })]
    expect(codes(verdictsFor("add", [ada, bob], listed, "any"))).toEqual([undefined, 200])
  })

  it("take the error of whoever is listed twice", () => {
    const listed = [participant({ jid: ada }), participant({ jid: ada, error: "409" })]
    expect(verdictsFor("add", [ada], listed, "any")).toMatchObject([
      { code: 409, reason: "already_member" },
    ])
  })

  it("are refusals where the code is none", () => {
    const listed = [participant({ jid: ada, error: "soon" })]
    expect(verdictsFor("add", [ada], listed, "asked")).toMatchObject([
      { code: 500, reason: "other", status: "refused" },
    ])
  })

  it("carry an invitation even if nobody knows until when", () => {
    const request = { tag: "add_request", attrs: { code: "X9pQ2rT7vK4mN8sL" } }
    const listed = [participant({ jid: ada, error: "403" }, [request])]
    expect(verdictsFor("add", [ada], listed, "asked")[0]?.invite).toEqual({
      code: "X9pQ2rT7vK4mN8sL",
      expiresAt: null,
    })
  })
})
