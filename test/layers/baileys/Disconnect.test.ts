import { describe, expect, it } from "@effect/vitest"
import { closedBy } from "../../../layers/baileys/Disconnect.ts"

const boom = (statusCode: number, message = "ended") =>
  Object.assign(new Error(message), { output: { statusCode } })

describe("closedBy", () => {
  it.each([
    [400, "untrusted"],
    [401, "logged_out"],
    [402, "suspended"],
    [403, "locked"],
    [405, "outdated"],
    [406, "banned"],
    [408, "lost"],
    [409, "refused"],
    [411, "downgraded"],
    [428, "lost"],
    [440, "replaced"],
    [500, "unclear"],
    [503, "unavailable"],
    [515, "restart"],
    [599, "lost"],
  ] as const)("takes %i for %s", (code, reason) => {
    expect(closedBy(boom(code))).toMatchObject({ reason, code })
  })

  it.each([
    [401, "lost"],
    [403, "lost"],
    [440, "lost"],
    [503, "unavailable"],
  ] as const)("does not take a proxy's %i for WhatsApp's", (code, reason) => {
    const text = `WebSocket Error (Unexpected server response: ${code})`
    expect(closedBy(boom(code, text)).reason).toBe(reason)
  })

  it.each([
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted"],
    ["CERT_HAS_EXPIRED", "untrusted"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrusted"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "untrusted"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "untrusted"],
    ["ERR_TLS_HANDSHAKE_TIMEOUT", "lost"],
    ["ECONNRESET", "lost"],
    ["ENOTFOUND", "lost"],
  ] as const)("takes a line that failed with %s for %s", (code, reason) => {
    const error = boom(408, "WebSocket Error (it failed)")
    expect(closedBy(Object.assign(error, { data: { code } })).reason).toBe(reason)
  })

  it("tells a device that WhatsApp refuses from a certificate that is", () => {
    const refused = Object.assign(boom(400), { data: { reason: "400", location: "emu" } })
    expect(closedBy(refused).reason).toBe("refused")
  })

  it("knows how long a suspension lasts", () => {
    const error = Object.assign(boom(402), { data: { reason: "402", expire: "3600" } })
    expect(closedBy(error).retryAfterMillis).toBe(3_600_000)
  })

  it("names nobody in what it says of it", () => {
    expect(closedBy(boom(500, "no session for 628111234567@s.whatsapp.net")).text).toBe(
      "no session for [address]",
    )
  })

  it("tells a code that nobody scanned from a lost connection", () => {
    expect(closedBy(boom(408, "QR refs attempts ended")).reason).toBe("unscanned")
  })

  it.each([[undefined], [new Error("no status")], [1006], [{ output: null }]])(
    "takes what it does not know (%s) for a lost connection",
    (error) => {
      expect(closedBy(error).reason).toBe("lost")
    },
  )
})
