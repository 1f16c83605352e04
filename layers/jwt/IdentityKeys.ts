import { Clock, Deferred, Duration, Effect, Option, Schema } from "effect"
import { createLocalJWKSet, type CryptoKey, errors, type JWSHeaderParameters } from "jose"
import { KeySetSource, type KeySetUnreadable } from "./KeySetSource.ts"
import { TokenInvalid } from "./TokenInvalid.ts"

/** Nobody can tell whether a token is good: the provider does not answer, and never has. */
export class KeysUnavailable extends Schema.TaggedError<KeysUnavailable>()("KeysUnavailable", {}) {
  override get message() {
    return "the identity provider does not answer"
  }
}

const fresh = Duration.toMillis("10 minutes")
/** Until then new keys are fetched behind the scenes, so that no token waits for the provider. */
const recent = fresh + Duration.toMillis("1 minute")
/** How long an outage of the provider stays invisible. */
const usable = fresh + Duration.toMillis("24 hours")
/** Between two fetches, whatever asks for them: outages, rotations or made-up key ids. */
const spacing = Duration.toMillis("30 seconds")
/** How long a token waits for new keys when the old ones might do: once, then nobody waits. */
const patience = "1 second"

/** Ages are taken by a clock that nobody can set. */
const elapsed = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos / 1_000_000n))

interface KeySet {
  readonly find: (header: JWSHeaderParameters) => Promise<CryptoKey>
  readonly fetchedAt: number
}

/** The provider's public keys, kept so that its outages are not ours. */
export class IdentityKeys extends Effect.Service<IdentityKeys>()("layers/jwt/IdentityKeys", {
  scoped: Effect.gen(function* () {
    const source = yield* KeySetSource
    const scope = yield* Effect.scope
    let known: KeySet | undefined
    let flight: Deferred.Deferred<void> | undefined
    let attemptedAt = Number.NEGATIVE_INFINITY
    let lastFailed = false
    let isSlow = false

    const fetched = source.fetch.pipe(
      Effect.timeout("5 seconds"),
      Effect.flatMap((set) => Effect.try(() => createLocalJWKSet(set))),
      Effect.zip(elapsed),
      Effect.map(([find, fetchedAt]): KeySet => ({ find, fetchedAt })),
    )

    const fly = (landed: Deferred.Deferred<void>) =>
      Effect.tapError(fetched, warn).pipe(
        Effect.map((set) => {
          known = set
          lastFailed = false
        }),
        Effect.ignore,
        Effect.ensuring(
          Effect.suspend(() => {
            flight = undefined
            isSlow = lastFailed
            return Deferred.succeed(landed, undefined)
          }),
        ),
      )

    /** Fetches once at a time and once per spacing. */
    const takeOff = Effect.gen(function* () {
      const now = yield* elapsed
      if (flight !== undefined || now - attemptedAt < spacing) return
      attemptedAt = now
      lastFailed = true
      flight = yield* Deferred.make<void>()
      yield* Effect.forkIn(Effect.interruptible(fly(flight)), scope)
    }).pipe(Effect.uninterruptible)

    /** Returns when what is under way is done. */
    const refresh = Effect.gen(function* () {
      yield* takeOff
      if (flight !== undefined) yield* Deferred.await(flight)
    })

    /** A provider that has just shown to be slow or away is not waited for until it is back. */
    const refreshSoon = Effect.gen(function* () {
      yield* Effect.timeoutOption(refresh, patience)
      isSlow = lastFailed
    })

    const current = Effect.gen(function* () {
      const asked = yield* elapsed
      const age = asked - (known?.fetchedAt ?? Number.NEGATIVE_INFINITY)
      if (age < fresh && known !== undefined) return known
      const waitsInVain = isSlow && asked - attemptedAt < fresh
      if (age >= usable) yield* refresh
      else yield* age < recent || waitsInVain ? takeOff : refreshSoon
      const now = yield* elapsed
      if (known === undefined || now - known.fetchedAt >= usable)
        return yield* new KeysUnavailable()
      return known
    })

    /** None when the set has no such key, or more than one. */
    const lookUp = (set: KeySet, header: JWSHeaderParameters) =>
      Effect.tryPromise({ try: () => set.find(header), catch: (cause) => cause }).pipe(
        Effect.asSome,
        Effect.catchIf(
          (cause) => cause instanceof errors.JWKSNoMatchingKey,
          () => Effect.succeedNone,
        ),
        Effect.mapError(() => new TokenInvalid()),
      )

    /** The key that a token names. An unknown one may be new, so the provider is asked again. */
    const get = Effect.fn("IdentityKeys.get")(function* (header: JWSHeaderParameters) {
      const set = yield* current
      const key = yield* lookUp(set, header)
      if (Option.isSome(key)) return key.value
      yield* refresh
      const newer = known === undefined || known === set ? key : yield* lookUp(known, header)
      if (Option.isSome(newer)) return newer.value
      return yield* lastFailed ? new KeysUnavailable() : new TokenInvalid()
    })

    return { get } as const
  }),
}) {}

const warn = (failure: KeySetUnreadable | { readonly _tag: string }) =>
  Effect.logWarning("the keys of the identity provider can not be read", failure)
