import { HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { actionRequest, documentedPath, routedUrl } from "../../../src/http/Actions.ts"

describe("routedUrl", () => {
  it.each([
    ["/sessions/01J9:start", "/sessions/01J9/$start"],
    ["/sessions/01J9:start?now=1", "/sessions/01J9/$start?now=1"],
    ["/groups/120@g.us%3Aleave", "/groups/120@g.us/$leave"],
    ["/groups/120%40g.us:leave/", "/groups/120%40g.us/$leave"],
    ["/sessions/1/groups:join", "/sessions/1/groups/$join"],
  ])("leads %s to %s", (url, routed) => {
    expect(routedUrl(url)).toBe(routed)
  })

  it.each([
    ["/contacts/6281:12@s.whatsapp.net"],
    ["/groups/120@g.us"],
    ["/groups?q=a:b"],
    ["/contacts/6281:12@s.whatsapp.net/block"],
  ])("leaves %s alone", (url) => {
    expect(routedUrl(url)).toBe(url)
  })

  it("leads the declared spelling nowhere", () => {
    expect(routedUrl("/sessions/01J9/$start")).toBe("/unknown")
  })
})

describe("the document and the client", () => {
  it("spell an action as callers do", () => {
    expect(documentedPath("/groups/{gid}/$leave")).toBe("/groups/{gid}:leave")
    const request = actionRequest(HttpClientRequest.post("/groups/120%40g.us/$leave"))
    expect(request.url).toBe("/groups/120%40g.us:leave")
  })
})
