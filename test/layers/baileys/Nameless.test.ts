import { describe, expect, it } from "@effect/vitest"
import { nameless } from "../../../layers/baileys/Nameless.ts"

describe("nameless", () => {
  it.each([
    ["No session for 6281234567890.0", "No session for [address]"],
    ["No session found for 6281234567890:12@s.whatsapp.net", "No session found for [address]"],
    ["missing 120363010000001599@g.us, 205227043110953_1.4", "missing [address], [address]_1.4"],
    ["no 62811-1400000000@g.us", "no [address]"],
    ["to status@broadcast", "to [address]"],
    ["at 205227043110953:3@lid", "at [address]"],
    ["connect ECONNREFUSED 127.0.0.1:443", "connect ECONNREFUSED 127.0.0.1:443"],
    ["Stream Errored (restart required)", "Stream Errored (restart required)"],
    ["Unexpected server response: 503", "Unexpected server response: 503"],
  ])("says of %j %j", (text, said) => {
    expect(nameless(text)).toBe(said)
  })
})
