import { describe, expect, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { trustedUrl } from "../../../layers/baileys/SocketSettings.ts"

describe("trustedUrl", () => {
  it.each([
    "wss://web.whatsapp.com/ws/chat",
    "ws://127.0.0.1:1/",
    "ws://[::1]:1/",
    "ws://localhost/",
  ])("takes %s", (url) => {
    expect(trustedUrl(new URL(url)).href).toBe(new URL(url).href)
  })

  it.each(["ws://web.whatsapp.com/", "ws://127.0.0.1.example.org/", "http://127.0.0.1/"])(
    "dies on %s, over which anybody may answer",
    (url) => {
      expect(() => trustedUrl(new URL(url))).toThrow("wss://")
    },
  )

  it("dies where certificates are not looked at", () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" }
    expect(() => trustedUrl(new URL("wss://web.whatsapp.com/"), env)).toThrow("NODE_TLS")
    expect(() => trustedUrl(new URL("ws://127.0.0.1/"), env)).not.toThrow()
  })

  it("is never told by us not to look at them", () => {
    const sources = ["src", "layers", "plugins"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => readFileSync(`${folder}/${file}`, "utf8")),
    )
    expect(
      sources.filter((source) => /rejectUnauthorized|checkServerIdentity/.test(source)),
    ).toEqual([])
  })
})
