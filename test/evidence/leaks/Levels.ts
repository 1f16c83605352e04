import { Effect, Fiber } from "effect"
import { mappings } from "../../../layers/baileys/SignalRepository.ts"
import { SessionMeters } from "../../../layers/metrics/SessionMeters.ts"
import { cached, libraryConnections, libraryListeners } from "./Watching.ts"

/** How much there is of what a closed session may leave behind, by kind. */
export type Levels = Readonly<Record<string, number>>

export const levels: Effect.Effect<Levels> = Effect.gen(function* () {
  const meters = yield* SessionMeters
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  const events = process.eventNames()
  return {
    ...resources,
    listeners: events.reduce((sum, event) => sum + process.listenerCount(event), 0),
    fibers: (yield* Fiber.roots).length,
    mappings: mappings.size,
    cached: cached(),
    libraryListeners: libraryListeners(),
    libraryConnections: libraryConnections(),
    meters: meters.families().flatMap(({ samples }) => samples).length,
  }
})

/** What has grown, beyond what comes and goes by itself. */
export const grown = (before: Levels, after: Levels, play: number) =>
  Object.entries(after)
    .filter(([kind, count]) => count > (before[kind] ?? 0) + play)
    .map(([kind, count]) => `${kind}: ${before[kind] ?? 0} before, ${count} after`)
