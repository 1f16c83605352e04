import { describe, expect, it } from "vitest"
import { groupSeen, memberReader } from "../../../layers/baileys/GroupSighting.ts"

const group = { id: "120363021234567890@g.us", owner: undefined, subject: "Family" }

describe("a group as WhatsApp describes it", () => {
  it("is stored without what its members put in its texts to steer whoever reads them", () => {
    const seen = groupSeen({
      ...group,
      participants: [],
      subject: "Fam\u0000ily\n\u202Egnp",
      desc: "Rules:\n1. be\u0007 kind\u2066",
    })
    expect(seen).toMatchObject({ subject: "Familygnp", description: "Rules:\n1. be kind" })
  })

  it("has the same members where they are read together with those of others", () => {
    const [ann, bob] = ["20000001@lid", "20000002@lid"]
    const number = "628000001@s.whatsapp.net"
    const others = [
      { id: ann, phoneNumber: "628000002@s.whatsapp.net" },
      { id: ann, phoneNumber: number },
      { id: ann, phoneNumber: number, admin: "admin" as const },
      { id: number, lid: ann },
      { id: number, lid: bob },
      { id: bob },
      { id: "status@broadcast" },
    ]
    const participants = [...others, ...others.toReversed(), ...others]
    const together = groupSeen({ ...group, participants }, memberReader())!
    expect(together).toEqual(groupSeen({ ...group, participants }))
  })

  it("names whoever is in several groups by one object", () => {
    const read = memberReader()
    const participants = [{ id: "20000001@lid", phoneNumber: "628000001@s.whatsapp.net" }]
    const [one, other] = [1, 2].map(
      () => groupSeen({ ...group, participants: structuredClone(participants) }, read)!.members[0],
    )
    expect(one).toBe(other)
  })
})
