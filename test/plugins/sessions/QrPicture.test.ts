import { describe, expect, it } from "@effect/vitest"
import { preferredType } from "../../../plugins/sessions/QrPicture.ts"

describe("preferredType", () => {
  it.each([
    [undefined, "application/json"],
    ["", "application/json"],
    ["*/*", "application/json"],
    ["image/png", "image/png"],
    ["IMAGE/PNG; q=1", "image/png"],
    ["image/*", "image/png"],
    ["image/svg+xml, image/png;q=0.5", "image/svg+xml"],
    ["image/*;q=0.5, text/plain", "text/plain"],
    ["image/png;q=0, image/*", "image/svg+xml"],
    ["text/html, application/xhtml+xml, */*;q=0.8", "application/json"],
    ["video/mp4", "application/json"],
    ["image/png;q=nonsense", "application/json"],
  ])("hears in %s a wish for %s", (accept, type) => {
    expect(preferredType(accept)).toBe(type)
  })
})
