/** One gateway process: what it learns is gone when the effect ends. */
import { Effect, Either, Layer } from "effect"
import { Secrets } from "../../../layers/secrets/Secrets.ts"
import { type Environment, Settings } from "../../../src/Settings.ts"

export const settings = (env: Environment) =>
  Layer.succeed(Settings, Either.getOrThrow(Settings.parse(env)))

export const inProcess =
  (env: Environment) =>
  <A, E, R>(body: Effect.Effect<A, E, R>) =>
    Effect.provide(body, Layer.fresh(Secrets.layer).pipe(Layer.provide(settings(env))))
