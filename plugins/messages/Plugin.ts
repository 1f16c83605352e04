import { Layer } from "effect"
import { definePlugin } from "../../src/Plugin.ts"
import { storeMessages } from "./Sightings.ts"

/** What people write to each other: stored as it arrives. */
export const MessagesPlugin = definePlugin({
  name: "messages",
  groups: [],
  handlers: Layer.empty,
  stores: storeMessages,
})
