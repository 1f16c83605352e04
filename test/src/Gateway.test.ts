import { HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Layer, Schema } from "effect"
import { plugins } from "../../plugins/index.ts"
import { compose } from "../../src/Gateway.ts"
import { strict } from "../../src/http/BaseApi.ts"
import { needs } from "../../src/http/Requirement.ts"
import { definePlugin } from "../../src/Plugin.ts"

const endpoint = HttpApiEndpoint.get("listPolls", "/polls").addSuccess(Schema.String)
const polls = (name: string, group: string, endpoint: HttpApiEndpoint.HttpApiEndpoint.Any) =>
  definePlugin({
    name,
    groups: [HttpApiGroup.make(group).add(endpoint as never)],
    handlers: Layer.empty as never,
  })

describe("compose", () => {
  it("tells of every endpoint what it needs", () => {
    const { endpoints } = compose(plugins)
    expect(endpoints.find(({ name }) => name === "updateGroup")).toEqual({
      plugin: "groups",
      group: "groups",
      name: "updateGroup",
      method: "PATCH",
      path: "/api/v1/sessions/:session/groups/:gid",
      requirement: "send",
    })
  })

  it("refuses an endpoint that does not say which capability it needs", () => {
    expect(() => compose([polls("polls", "polls", endpoint)])).toThrow(
      '"polls.listPolls" (GET /polls) does not say what it needs: add .annotateContext(needs("read"))',
    )
  })

  it.each(["path", "query", "body"] as const)(
    "refuses an endpoint whose %s is not strict",
    (part) => {
      const fields = Schema.Struct({ id: Schema.String })
      const post = HttpApiEndpoint.post("vote", "/polls/:id").annotateContext(needs("read"))
      const declare = {
        path: (schema: typeof fields) => post.setPath(schema),
        query: (schema: typeof fields) => post.setUrlParams(schema),
        body: (schema: typeof fields) => post.setPayload(schema),
      }[part]
      const setter = { path: "setPath", query: "setUrlParams", body: "setPayload" }[part]
      expect(() => compose([polls("polls", "polls", declare(fields))])).toThrow(
        `"polls.vote" (POST /polls/:id) would take what its ${part} does not declare: write .${setter}(strict(Schema.Struct({ … })))`,
      )
      expect(compose([polls("polls", "polls", declare(strict(fields)))]).endpoints).toHaveLength(1)
    },
  )

  it("refuses two plugins that claim one group", () => {
    const declared = endpoint.annotateContext(needs("read"))
    expect(() =>
      compose([polls("polls", "polls", declared), polls("votes", "polls", declared)]),
    ).toThrow('plugins "polls" and "votes" both claim the group "polls"')
  })

  it("refuses two endpoints on one method and path", () => {
    const declared = endpoint.annotateContext(needs("read"))
    expect(() =>
      compose([polls("polls", "polls", declared), polls("votes", "votes", declared)]),
    ).toThrow('"polls.listPolls" and "votes.listPolls" both answer GET /polls')
  })

  it("refuses two paths that only differ in what their parameters are called", () => {
    const at = (path: "/x/:a/y" | "/x/:b/y" | "/x/a/y") =>
      HttpApiEndpoint.get("look", path).addSuccess(Schema.String).annotateContext(needs("read"))
    const both = (...paths: ReadonlyArray<Parameters<typeof at>[0]>) =>
      compose(paths.map((path, nth) => polls(`p${nth}`, `p${nth}`, at(path))))
    expect(() => both("/x/:a/y", "/x/:b/y")).toThrow(
      '"p0.look" and "p1.look" both answer GET /x/:b/y (/x/:a/y is the same path to a router): change one path',
    )
    expect(both("/x/:a/y", "/x/a/y").endpoints).toHaveLength(2)
  })
})
