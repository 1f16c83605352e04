import type { Kind } from "./Kind.ts"

/** One environment variable: what it may be, what it is when unset, and why it exists. */
export interface Setting<A> {
  readonly name: string
  readonly kind: Kind<A>
  /** As it would be written in the environment; undefined when there is none. */
  readonly default: string | undefined
  /** One sentence for operators. */
  readonly reason: string
  /** A secret's value is never shown, not even in part. */
  readonly secret: boolean
}

/** Present in every parsed value, because it has a default. */
export interface Defaulted<A> extends Setting<A> {
  readonly default: string
}

export const defaulted = <A>(
  name: string,
  kind: Kind<A>,
  standard: string,
  reason: string,
): Defaulted<A> => ({ name, kind, default: standard, reason, secret: false })

export const optional = <A>(name: string, kind: Kind<A>, reason: string): Setting<A> => ({
  name,
  kind,
  default: undefined,
  reason,
  secret: false,
})

export const secret = <A>(name: string, kind: Kind<A>, reason: string): Setting<A> => ({
  ...optional(name, kind, reason),
  secret: true,
})
