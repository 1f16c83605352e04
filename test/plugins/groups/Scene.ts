/** One gateway and one linked account per test file; every test makes the groups it needs. */
import { Context, Effect, Layer } from "effect"
import type { Person } from "../../emulator/people/Person.ts"
import type { Received } from "../../emulator/router/Server.ts"
import type { Group } from "../../emulator/world/Group.ts"
import { gateway } from "../../support/FreshGateway.ts"
import { eventually, linked, type Tenant, tenant, WhatsApp } from "../../support/Gateway.ts"
import { type Answer, api, type Request } from "../../support/Http.ts"

export class Scene extends Context.Tag("test/plugins/groups/Scene")<Scene, SceneShape>() {
  static readonly layer = Layer.provideMerge(
    Layer.effect(
      Scene,
      Effect.suspend(() => setUp),
    ),
    gateway(),
  )
}

interface SceneShape {
  readonly alice: Tenant
  readonly session: string
  /** The account of the session. */
  readonly me: Person
  readonly ada: Person
  readonly bob: Person
  /** Of Ada's, locked and closed: the account is a plain member. */
  readonly family: Group
  /** Stored, but the account was removed from it. */
  readonly former: Group
}

const setUp = Effect.gen(function* () {
  const whatsapp = yield* WhatsApp
  const [me, ada, bob] = ["Me", "Ada", "Bob"].map((name) => whatsapp.addPerson({ name }))
  const family = whatsapp.addGroup({
    subject: "Family",
    owner: ada!,
    members: [me!, bob!],
    locked: true,
  })
  const former = whatsapp.addGroup({ subject: "Former", owner: ada!, members: [me!, bob!] })
  const alice = yield* tenant()
  const session = yield* linked(alice, me!)
  whatsapp.as(ada!).remove(former, me!)
  const scene = { alice, session, me: me!, ada: ada!, bob: bob!, family, former }
  yield* eventually(api(`/sessions/${session}/groups`, { as: alice.key }), ({ body }) => {
    return body.data.length === 1
  })
  return scene
})

/** Below the session, with Alice's key unless the request has another. */
export const ask = (path: string, request: Request = {}) =>
  Effect.flatMap(Scene, ({ alice, session }) =>
    api(`/sessions/${session}${path}`, { as: alice.key, ...request }),
  )

export const post = (path: string, json: unknown, request: Request = {}) =>
  ask(path, { ...request, method: "POST", json })

export const patch = (path: string, json: unknown) => ask(path, { method: "PATCH", json })

export const del = (path: string, request: Request = {}) =>
  ask(path, { ...request, method: "DELETE" })

/** `Prefer: return=representation`. */
export const preferring = { headers: { prefer: "return=representation" } }

export const addressOf = ({ jid }: Group) => `/groups/${jid}`

/** A group that the session's account made through the gateway, with these people. */
export const ownGroup = Effect.fn(function* (...people: ReadonlyArray<Person>) {
  const { bob } = yield* Scene
  const participants = (people.length === 0 ? [bob] : people).map(({ pnJid }) => pnJid)
  const { body } = yield* post("/groups", { name: "Own", participants })
  return yield* inWorld(body.groupJid)
})

/** A group of Ada's that the account is in, once it is stored. */
export const adasGroup = Effect.fn(function* (...people: ReadonlyArray<Person>) {
  const whatsapp = yield* WhatsApp
  const { ada, me } = yield* Scene
  const { group } = whatsapp.as(ada).createGroup("Ada's", [me, ...people])
  yield* eventually(ask(addressOf(group)), ({ status }) => status === 200)
  return group
})

export const inWorld = (jid: string) =>
  Effect.map(WhatsApp, (whatsapp) => whatsapp.world.groups.get(jid)!)

/** What WhatsApp has, in the words of the api. */
const worldly = (group: Group) => ({
  subject: group.subject,
  description: group.description?.body ?? "",
  isAnnounce: group.announce,
  isLocked: group.locked,
  participantCount: group.members.size,
  settings: {
    disappearingSeconds: group.ephemeral,
    joinApproval: group.approval,
    memberAddMode: group.memberAddMode === "admin_add" ? "admins" : "members",
  },
  members: [...group.members].map(([id, { role }]) => `${id}@lid ${role ?? "member"}`).sort(),
})

/** What the gateway has stored of it. */
export const stored = Effect.fn(function* ({ jid }: Group) {
  const path = `/groups/${jid}`
  const [group, settings, members] = yield* Effect.all([
    ask(path),
    ask(`${path}/settings`),
    ask(`${path}/members`),
  ])
  const { description, isAnnounce, isLocked, participantCount, subject } = group.body
  const people = members.body.data as ReadonlyArray<{ lid: string; role: string }>
  return {
    subject,
    description,
    isAnnounce,
    isLocked,
    participantCount,
    settings: settings.body,
    members: people.map(({ lid, role }) => `${lid} ${role}`).sort(),
  }
})

/** Both, to be compared at once, or in a while. */
export const bothViews = (group: Group) =>
  Effect.map(stored(group), (ours) => [ours, worldly(group)] as const)

export const converged = (group: Group) =>
  eventually(bothViews(group), ([ours, theirs]) => JSON.stringify(ours) === JSON.stringify(theirs))

/** Status, and why. */
export const outcome = ({ body, status }: Answer) => {
  const { code, details } = body?.error ?? {}
  return details?.reason === undefined ? [status, code] : [status, code, details.reason]
}

/** While WhatsApp tells nobody what they did themselves. */
export const quietly = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(WhatsApp, ({ server: { behaviour } }) => {
    const echo = (echoToActor: boolean) =>
      Effect.sync(() => Object.assign(behaviour, { echoToActor }))
    return Effect.ensuring(Effect.zipRight(echo(false), effect), echo(true))
  })

/** How often WhatsApp was asked for something that only a caller can want. */
export const heard = Effect.map(WhatsApp, ({ received }) => received.filter(isWanted).length)

const isWanted = ({ node: { attrs, content } }: Received) => {
  const isLook = Array.isArray(content) && content[0]?.tag === "query"
  return ["w:g2", "w:profile:picture"].includes(attrs["xmlns"] ?? "") && !isLook
}
