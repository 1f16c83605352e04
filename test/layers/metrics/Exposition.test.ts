import { describe, expect, it } from "@effect/vitest"
import { exposed } from "../../../layers/metrics/Exposition.ts"

describe("Exposition", () => {
  it("writes help, type and every sample, as Prometheus reads them", () => {
    const text = exposed([
      {
        name: "took_seconds",
        type: "histogram",
        help: "how long",
        samples: [
          { labels: { le: "0.5" }, value: 1, suffix: "_bucket" },
          { labels: {}, value: 0.2, suffix: "_sum" },
        ],
      },
      { name: "none_total", type: "counter", help: "nothing yet", samples: [] },
    ])
    expect(text).toBe(
      [
        "# HELP took_seconds how long",
        "# TYPE took_seconds histogram",
        'took_seconds_bucket{le="0.5"} 1',
        "took_seconds_sum 0.2",
        "",
      ].join("\n"),
    )
  })

  it("lets no label end its own line", () => {
    const labels = { subject: 'a"b\\c\nd' }
    const text = exposed([{ name: "x", type: "gauge", help: "x", samples: [{ labels, value: 1 }] }])
    expect(text).toContain('x{subject="a\\"b\\\\c\\nd"} 1')
  })
})
