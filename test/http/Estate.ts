import { Effect, Layer } from "effect"
import { ulid } from "ulid"
import { Sightings as SightingsLayer } from "../../layers/Sightings.ts"
import { plugins } from "../../plugins/index.ts"
import { GroupJid, Lid, PhoneJid } from "../../src/domain/Jid.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { Sighting } from "../../src/domain/Sighting.ts"
import { Sightings } from "../../src/ports/Sightings.ts"
import { type Tenant, tenant } from "../support/Gateway.ts"
import { api } from "../support/Http.ts"
import type { Operation } from "./Operations.ts"
import { collectionsOf, type Ids } from "./Requests.ts"

/** What one organization owns. Its canary stands in every text of it, and nowhere else. */
export interface Estate extends Tenant {
  readonly canary: string
  /** Ids by the collection they lie in: `{ sessions: "01J9…", groups: "1203…@g.us" }`. */
  readonly ids: Ids
  /** Another session of the same organization, and what is stored of it. */
  readonly beside: Ids
  /** A session that is no more. */
  readonly removed: string
}

/** A new organization with two sessions that never ran, of which groups and people are known. */
export const estate = Effect.fn("estate")(function* () {
  const owner = yield* tenant()
  const canary = `canary${ulid()}`
  const settle = (json: object) =>
    Effect.map(api("/sessions", { as: owner.key, method: "POST", json }), ({ body }) => body.id)
  const [first, second, removed] = yield* Effect.forEach([1, 2, 3], (n) =>
    settle({ label: `${canary} ${n}`, start: false }),
  )
  yield* api(`/sessions/${removed}`, { as: owner.key, method: "DELETE" })
  const key = yield* api("/api-keys", {
    as: owner.key,
    method: "POST",
    json: { name: canary, capabilities: ["read"] },
  })
  const apiKeys = { "api-keys": key.body.id as string }
  const ids = { ...(yield* known(owner, first, canary)), ...apiKeys }
  const beside = { ...(yield* known(owner, second, canary)), ...apiKeys }
  return { ...owner, canary, ids, beside, removed } satisfies Estate
})

const known = Effect.fnUntraced(function* (owner: Tenant, session: string, canary: string) {
  const number = () => String(Math.floor(1e14 + Math.random() * 8e14))
  const group = GroupJid.make(`120${number()}@g.us`)
  const person = {
    lid: Lid.make(`${number()}@lid`),
    phoneJid: PhoneJid.make(`62${number()}@s.whatsapp.net`),
  }
  const sightings: ReadonlyArray<Sighting> = [
    {
      _tag: "GroupSeen",
      jid: group,
      subject: canary,
      description: canary,
      owner: person,
      createdAtWa: 1_767_225_600_000,
      isAnnounce: false,
      isLocked: false,
      members: [{ ...person, role: "admin" }],
    },
    { _tag: "MemberTagged", group, member: person, tag: canary },
    { _tag: "ContactSeen", person, savedName: canary, pushName: canary, businessName: canary },
  ]
  const layer = SightingsLayer(plugins)
  yield* Effect.flatMap(Sightings, ({ store }) =>
    store(owner.organization.id, session as SessionId, sightings),
  ).pipe(Effect.provide(Layer.fresh(layer)))
  return { sessions: session, groups: group, members: person.lid, contacts: person.lid }
})

/** The ids of an operation's path, taken from an estate where it has them. */
export const idsIn = (operation: Operation, owned: Ids, otherwise: Ids): Ids =>
  Object.fromEntries(
    Object.entries(collectionsOf(operation)).map(([id, collection]) => [
      id,
      owned[collection] ?? otherwise[id]!,
    ]),
  )
