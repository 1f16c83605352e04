import { Clock, Duration, Effect } from "effect"

/** What is asked for, as soon as it is so; or what it is when nobody would wait any longer. */
export const soon = Effect.fnUntraced(function* <A, E, R>(
  ask: Effect.Effect<A, E, R>,
  isSo: (answer: A) => boolean,
  patience: Duration.DurationInput = "5 seconds",
) {
  const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(patience)
  // Each is a query: often at first, when it is nearly always so, then ever more rarely.
  let pause = 10
  while (true) {
    const answer = yield* ask
    if (isSo(answer) || (yield* Clock.currentTimeMillis) >= until) return answer
    yield* Effect.sleep(pause)
    pause = Math.min(pause * 1.5, 200)
  }
})
