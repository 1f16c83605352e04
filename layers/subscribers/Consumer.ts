import type { AnyPlugin, Subscription } from "../../src/Plugin.ts"

/** A subscription, and the name under which its positions are kept. */
export interface Consumer extends Subscription {
  readonly plugin: string
  readonly key: string
}

export const consumersOf = (plugins: ReadonlyArray<AnyPlugin>): ReadonlyArray<Consumer> =>
  plugins.flatMap(({ name: plugin, subscriptions }) =>
    subscriptions.map((subscription) => ({
      ...subscription,
      plugin,
      key: `${plugin}.${subscription.name}`,
    })),
  )
