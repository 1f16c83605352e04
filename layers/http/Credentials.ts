import { Context, type Effect, type Option } from "effect"
import type { Principal } from "../../src/domain/Principal.ts"

/** Turns a credential into the principal behind it. */
export class Credentials extends Context.Tag("layers/http/Credentials")<
  Credentials,
  {
    /** None when it is not valid. Dies with a `Refusal` (503) when nobody can tell at the moment. */
    readonly verify: (token: string) => Effect.Effect<Option.Option<Principal["Type"]>>
    /** The principal where it is known without asking anybody; undefined says nothing. */
    readonly recall: (token: string) => Principal["Type"] | undefined
  }
>() {}
