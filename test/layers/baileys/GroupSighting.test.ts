import { describe, expect, it } from "vitest"
import { groupSeen } from "../../../layers/baileys/GroupSighting.ts"

describe("a group as WhatsApp describes it", () => {
  it("is stored without what its members put in its texts to steer whoever reads them", () => {
    const seen = groupSeen({
      id: "120363021234567890@g.us",
      owner: undefined,
      participants: [],
      subject: "Fam\u0000ily\n\u202Egnp",
      desc: "Rules:\n1. be\u0007 kind\u2066",
    })
    expect(seen).toMatchObject({ subject: "Familygnp", description: "Rules:\n1. be kind" })
  })
})
