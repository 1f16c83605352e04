import { describe, expect, it } from "@effect/vitest"
import { shareMappings } from "../../../layers/baileys/SignalRepository.ts"
import { endpoint } from "./inbox/Endpoint.ts"

const lid = "205@lid"
const pn = "628@s.whatsapp.net"

describe("the cache of mappings that all sessions share", () => {
  it("answers a session without its store", async () => {
    const { commits, repository } = endpoint("1@s.whatsapp.net", shareMappings)
    await repository.lidMapping.storeLIDPNMappings([{ lid, pn }])
    commits.length = 0
    expect(await repository.lidMapping.getLIDForPN(pn)).toBe(lid)
  })

  it("tells nobody what another session has stored", async () => {
    const [one, other] = [
      endpoint("1@s.whatsapp.net", shareMappings),
      endpoint("2@s.whatsapp.net", shareMappings),
    ]
    await one.repository.lidMapping.storeLIDPNMappings([{ lid, pn }])
    expect(await other.repository.lidMapping.getLIDForPN(pn)).toBeNull()
    // Taken for stored, it would never be.
    await other.repository.lidMapping.storeLIDPNMappings([{ lid, pn }])
    expect(other.commits.map((data) => data["lid-mapping"])).toEqual([
      { 628: "205", "205_reverse": "628" },
    ])
  })
})
