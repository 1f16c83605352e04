import { done, type Outcome } from "./Notice.ts"
import { isPrivacyCategory, type PersonId } from "./Profile.ts"
import { notAcceptable, notFound } from "./Refusal.ts"
import type { World } from "./World.ts"

/** Idempotent, like the live service. */
export const setBlocked = (
  world: World,
  actor: PersonId,
  other: PersonId | undefined,
  blocked: boolean,
): Outcome => {
  if (other === undefined || !world.people.has(other)) return notFound
  const list = world.profile(actor).blocked
  if (blocked) list.add(other)
  else list.delete(other)
  return done(undefined)
}

export const setPrivacy = (
  world: World,
  actor: PersonId,
  category: string,
  value: string,
): Outcome => {
  if (!isPrivacyCategory(category)) return notAcceptable
  world.profile(actor).privacy[category] = value
  return done(undefined)
}
