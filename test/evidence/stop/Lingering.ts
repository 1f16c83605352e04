/** A plugin that never comes to an end. */
import { Effect, Layer } from "effect"
import { definePlugin } from "../../../src/Plugin.ts"

export default definePlugin({
  name: "lingering",
  groups: [],
  handlers: Layer.scopedDiscard(Effect.addFinalizer(() => Effect.never)),
})
