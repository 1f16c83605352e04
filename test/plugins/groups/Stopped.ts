import { Effect, Layer } from "effect"
import { Sightings as SightingsLayer } from "../../../layers/Sightings.ts"
import { plugins } from "../../../plugins/index.ts"
import { GroupJid, Lid } from "../../../src/domain/Jid.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import { api } from "../../support/Http.ts"
import { Scene } from "./Scene.ts"

/** Stores what a session would have been told. */
export const seeing = (session: string, sightings: ReadonlyArray<Sighting>) =>
  Effect.gen(function* () {
    const { alice } = yield* Scene
    const { store } = yield* Sightings
    yield* store(alice.organization.id, session as SessionId, sightings)
  }).pipe(Effect.provide(Layer.fresh(SightingsLayer(plugins))))

export const groupSeen = (jid: string, people: ReadonlyArray<string>): Sighting => ({
  _tag: "GroupSeen",
  jid: GroupJid.make(jid),
  subject: "Seen",
  description: "",
  owner: undefined,
  createdAtWa: undefined,
  isAnnounce: false,
  isLocked: false,
  members: people.map((lid) => ({ lid: Lid.make(lid), role: "member" })),
})

/** A session of Alice's that never ran. */
export const idleSession = Effect.gen(function* () {
  const { alice } = yield* Scene
  const json = { start: false }
  const { body } = yield* api("/sessions", { as: alice.key, method: "POST", json })
  return body.id as string
})
