/** What `definePlugin` refuses is checked by `tsc`: a line that it took after all is an error. */
import { HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { compose, PluginsClash } from "../../src/Gateway.ts"
import { needs } from "../../src/http/Requirement.ts"
import { definePlugin, pluginApi, type SightingStore, type Subscription } from "../../src/Plugin.ts"
import { SessionDirectory } from "../../src/ports/SessionDirectory.ts"
import { Sessions } from "../../src/ports/Sessions.ts"
import { StoredReads } from "../../src/ports/StoredReads.ts"

const groupOf = <const Name extends string>(name: Name) =>
  HttpApiGroup.make(name).add(
    HttpApiEndpoint.get("look", `/${name}`)
      .addSuccess(Schema.String)
      .annotateContext(needs("read")),
  )

class PollsApi extends groupOf("polls") {}
class VotesApi extends groupOf("votes") {}

class Weather extends Context.Tag("test/Weather")<Weather, { readonly now: string }>() {}

const handled = HttpApiBuilder.group(pluginApi(PollsApi), "polls", (handlers) =>
  handlers.handle("look", () => Effect.succeed("polls")),
)
const withDirectory = HttpApiBuilder.group(pluginApi(PollsApi), "polls", (handlers) =>
  Effect.map(SessionDirectory, () => handlers.handle("look", () => Effect.succeed("polls"))),
)
const withSessions = HttpApiBuilder.group(pluginApi(PollsApi), "polls", (handlers) =>
  Effect.map(Sessions, () => handlers.handle("look", () => Effect.succeed("polls"))),
)
const withWeather = HttpApiBuilder.group(pluginApi(PollsApi), "polls", (handlers) =>
  Effect.map(Weather, ({ now }) => handlers.handle("look", () => Effect.succeed(now))),
)
const foreign = HttpApiBuilder.group(pluginApi(VotesApi), "votes", (handlers) =>
  handlers.handle("look", () => Effect.succeed("votes")),
)

const name = "polls"
const groups = [PollsApi] as const
const subscription: Subscription = {
  name: "count",
  events: ["contact.updated"],
  handle: () => Effect.void,
}

const keeping: SightingStore = { store: () => Effect.void, merge: () => Effect.void }
const forecasting = Effect.as(Weather, keeping)
const reading = Effect.as(StoredReads, keeping)

describe("definePlugin", () => {
  it("takes handlers that need what the host offers or a port that is declared", () => {
    const plugins = [
      definePlugin({ name, groups, handlers: withDirectory }),
      definePlugin({ name, groups, handlers: withSessions, ports: [Sessions] }),
      definePlugin({ name, groups, handlers: withWeather, ports: [Weather] }),
      definePlugin({ name, groups: [], handlers: Layer.empty, subscriptions: [subscription] }),
    ]
    expect(plugins.map(({ _tag }) => _tag)).toEqual(Array(4).fill("GatewayPlugin"))
  })

  it("refuses to compile what would not run", () => {
    // @ts-expect-error: nobody answers the endpoints of the group
    definePlugin({ name, groups, handlers: Layer.empty })
    // @ts-expect-error: the handlers are those of another group
    definePlugin({ name, groups, handlers: foreign })
    // @ts-expect-error: the host does not offer the weather, and no port asks for it
    definePlugin({ name, groups, handlers: withWeather })
    // @ts-expect-error: sessions are there to be looked at; who starts and stops them declares it
    definePlugin({ name, groups, handlers: withSessions })
    HttpApiBuilder.group(pluginApi(PollsApi), "polls", (handlers) =>
      // @ts-expect-error: the group has no such endpoint
      handlers.handle("vote", () => Effect.succeed("votes")),
    )
    // @ts-expect-error: an endpoint of the group is left without a handler
    HttpApiBuilder.group(pluginApi(PollsApi), "polls", (handlers) => handlers)
    const one = { ...subscription, events: ["contact.invented"] }
    // @ts-expect-error: no such event happens
    definePlugin({ name, groups, handlers: handled, subscriptions: [one] })
    const failing = { ...subscription, handle: () => Effect.fail("no") }
    // @ts-expect-error: what a handler fails with is for nobody to see
    definePlugin({ name, groups, handlers: handled, subscriptions: [failing] })
    const live = { ...subscription, handle: () => Effect.asVoid(Sessions) }
    // @ts-expect-error: a subscriber runs in a transaction, and may not reach beyond storage
    definePlugin({ name, groups, handlers: handled, subscriptions: [live] })
    // @ts-expect-error: what stores sightings reaches storage, and no declared port either
    definePlugin({ name, groups, handlers: handled, stores: forecasting, ports: [Weather] })
    // @ts-expect-error: nor what else the host offers
    definePlugin({ name, groups, handlers: handled, stores: reading })
    const failingStore = { ...keeping, store: () => Effect.fail("no") }
    // @ts-expect-error: what could not be stored is a defect
    definePlugin({ name, groups, handlers: handled, stores: Effect.succeed(failingStore) })
    const endless = { "0001_polls": Effect.asVoid(Weather) }
    // @ts-expect-error: a migration has a database and nothing else
    definePlugin({ name, groups, handlers: handled, migrations: endless })
    expect(true).toBe(true)
  })
})

describe("compose", () => {
  const plugin = definePlugin({ name, groups, handlers: handled })

  it("refuses two plugins of one name, since tables are kept under it", () => {
    const other = definePlugin({ name, groups: [VotesApi], handlers: foreign })
    expect(() => compose([plugin, other])).toThrow(
      new PluginsClash('two plugins are called "polls": rename one of them'),
    )
    const core = definePlugin({ name: "core", groups: [VotesApi], handlers: foreign })
    expect(() => compose([core])).toThrow('two plugins are called "core"')
  })

  it("refuses two subscriptions of one name, since positions are kept under it", () => {
    const subscriptions = [subscription, subscription]
    const twice = definePlugin({ name, groups, handlers: handled, subscriptions })
    expect(() => compose([twice])).toThrow(
      'two subscriptions of the plugin "polls" are called "count": rename one of them',
    )
  })
})
