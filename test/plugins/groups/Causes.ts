/** How every failure that the plugin declares really comes about. */
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import type { Fault } from "../../emulator/router/Faults.ts"
import { WhatsApp } from "../../support/Gateway.ts"
import { type Answer, api } from "../../support/Http.ts"
import { operations, type Target } from "./Operations.ts"
import { adasGroup, addressOf, ask, bothViews, del, ownGroup, patch, post, Scene } from "./Scene.ts"
import { groupSeen, idleSession, seeing } from "./Stopped.ts"

/** What the caller is told: status, code and, where there is one, the reason. */
export const expected: Readonly<Record<string, ReadonlyArray<unknown>>> = {
  SessionNotFound: [404, "not_found"],
  GroupNotFound: [404, "not_found"],
  NotGroupAdmin: [403, "forbidden", "not_group_admin"],
  NotGroupMember: [403, "forbidden", "not_group_member"],
  SessionOffline: [501, "not_implemented", "session_not_connected"],
  UpstreamRefused: [502, "upstream_error"],
  UpstreamSilent: [504, "upstream_timeout"],
  UpstreamRateLimited: [429, "rate_limited"],
  IdempotencyMismatch: [422, "idempotency_mismatch"],
  IdempotencyInFlight: [409, "conflict", "idempotency_in_flight"],
  MemberNotFound: [404, "not_found"],
  OwnerProtected: [403, "forbidden", "group_owner"],
  InviteUnusable: [400, "validation_error", "invite_revoked"],
  PictureNotFound: [404, "not_found"],
  ImageUnreadable: [400, "validation_error"],
}

/** Everything that an operation can be asked about, in a group of the account's own. */
export const target = Effect.gen(function* () {
  const whatsapp = yield* WhatsApp
  const { ada, bob } = yield* Scene
  const group = yield* ownGroup(bob)
  const open = whatsapp.addGroup({ subject: "Open", owner: ada })
  const invite = whatsapp.as(ada).inviteCode(open)
  return { group: group.jid, member: bob.lidJid, stranger: ada.lidJid, invite } satisfies Target
})

export const asking = (name: string, target: Target) => {
  const { path, ...request } = operations[name]!.ask(target)
  return ask(path, request)
}

const stranger = "120363999999999999@g.us"

const about = Effect.fnUntraced(function* (name: string, group: string) {
  const { bob } = yield* Scene
  const invite = "AAAAAAAAAAAAAAAAAAAAAA"
  return yield* asking(name, { group, member: bob.lidJid, stranger: bob.lidJid, invite })
})

/** WhatsApp takes the operation's own stanza amiss. */
const amiss = (fault: Fault) => (name: string) =>
  Effect.gen(function* () {
    const on = yield* target
    const whatsapp = yield* WhatsApp
    whatsapp.fault({ ...operations[name]!.stanza!(on), ...fault })
    return yield* asking(name, on)
  })

/** Of the operations that change one field after the other: two fields, and what the second looks like. */
const pairs: Readonly<Record<string, { readonly json: object; readonly child: string }>> = {
  updateGroup: { json: { subject: "First", announce: true }, child: "announcement" },
  updateGroupSettings: {
    json: { joinApproval: true, disappearingSeconds: 86_400 },
    child: "ephemeral",
  },
}

/** The first field is changed, and then WhatsApp takes the second amiss. */
const midway = (fault: Fault) => (name: string) =>
  Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const group = yield* ownGroup()
    const { child, json } = pairs[name]!
    whatsapp.fault({ xmlns: "w:g2", to: group.jid, child, ...fault })
    const path = name === "updateGroup" ? addressOf(group) : `${addressOf(group)}/settings`
    const answer = yield* patch(path, json)
    expect(answer.body.error.details.applied).toEqual([Object.keys(json)[0]])
    const [ours, theirs] = yield* bothViews(group)
    expect(ours).toEqual(theirs)
    expect(theirs).toMatchObject({ isAnnounce: false, settings: { disappearingSeconds: 0 } })
    return answer
  })

const offline = (name: string) =>
  Effect.gen(function* () {
    const { alice, bob } = yield* Scene
    const session = yield* idleSession
    const group = "120363000000000777@g.us"
    yield* seeing(session, [groupSeen(group, [bob.lidJid])])
    const invite = "AAAAAAAAAAAAAAAAAAAAAA"
    const on = { group, member: bob.lidJid, stranger: bob.lidJid, invite }
    const { path, ...request } = operations[name]!.ask(on)
    return yield* api(`/sessions/${session}${path}`, { as: alice.key, ...request })
  })

const nobodysSession = (name: string) =>
  Effect.gen(function* () {
    const { alice } = yield* Scene
    const { path, ...request } = operations[name]!.ask(yield* target)
    return yield* api(`/sessions/01J9ZX8K2QHV0M3T6R7P4N5W8C${path}`, { as: alice.key, ...request })
  })

/** The account is an admin of the group, and so is Ada, who made it. */
const ofAda = (name: string) =>
  Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const { ada, me } = yield* Scene
    const group = yield* adasGroup()
    whatsapp.as(ada).promote(group, me)
    const on = { group: group.jid, member: ada.lidJid, stranger: ada.lidJid, invite: "" }
    return yield* asking(name, on)
  })

const ofStranger = (name: string) =>
  Effect.gen(function* () {
    const on = yield* target
    return yield* asking(name, { ...on, member: on.stranger })
  })

const byOldInvite = (name: string) =>
  Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    const { ada } = yield* Scene
    const group = whatsapp.addGroup({ subject: "Shut", owner: ada })
    const invite = whatsapp.as(ada).inviteCode(group)
    whatsapp.as(ada).revokeInvite(group)
    return yield* asking(name, { ...(yield* target), invite })
  })

const create = (name: string, key: string) =>
  Effect.flatMap(Scene, ({ bob }) =>
    post(
      "/groups",
      { name, participants: [bob.pnJid] },
      { headers: { "idempotency-key": `failures-${key}` } },
    ),
  )

const mismatch = () => Effect.zipRight(create("One", "mismatch"), create("Other", "mismatch"))

const inFlight = () =>
  Effect.gen(function* () {
    const whatsapp = yield* WhatsApp
    whatsapp.fault({ xmlns: "w:g2", child: "create", delayMs: 500 })
    const both = [create("Slow", "flight"), Effect.delay(create("Slow", "flight"), "200 millis")]
    const [, second] = yield* Effect.all(both, { concurrency: 2 })
    return second!
  })

const noImage = () =>
  Effect.flatMap(target, ({ group }) =>
    ask(`/groups/${group}/picture`, { method: "PUT", json: { image: "/9j/4AAQSkZJRgABAQ==" } }),
  )

const withoutPicture = () =>
  Effect.flatMap(target, ({ group }) =>
    Effect.zipRight(del(`/groups/${group}/picture`), ask(`/groups/${group}/picture`)),
  )

const refused: Fault = { code: 453, text: "emulated" }
const limited: Fault = { code: 429, text: "rate-overlimit", attrs: { backoff: "7" } }
const silent: Fault = { mute: true }

type Cause = (
  name: string,
) => Effect.Effect<Answer, never, Effect.Effect.Context<ReturnType<typeof offline>> | WhatsApp>

type Causes = Readonly<Record<string, Cause>>

export const causes: Causes = {
  SessionNotFound: nobodysSession,
  GroupNotFound: (name: string) => about(name, stranger),
  NotGroupAdmin: (name: string) => Effect.flatMap(Scene, ({ family }) => about(name, family.jid)),
  NotGroupMember: (name: string) => Effect.flatMap(Scene, ({ former }) => about(name, former.jid)),
  SessionOffline: offline,
  UpstreamRefused: amiss(refused),
  UpstreamRateLimited: amiss(limited),
  IdempotencyMismatch: mismatch,
  IdempotencyInFlight: inFlight,
  MemberNotFound: ofStranger,
  OwnerProtected: ofAda,
  InviteUnusable: byOldInvite,
  PictureNotFound: withoutPicture,
  ImageUnreadable: noImage,
  GroupNotFoundMidway: midway({ code: 404, text: "item-not-found" }),
  NotGroupAdminMidway: midway({ code: 401, text: "not-authorized" }),
  NotGroupMemberMidway: midway({ code: 403, text: "forbidden" }),
  UpstreamRefusedMidway: midway(refused),
  UpstreamRateLimitedMidway: midway(limited),
}

/** These take a while, and are tried all at once. */
export const slowCauses: Causes = {
  UpstreamSilent: amiss(silent),
  UpstreamSilentMidway: midway({ drop: true }),
}

/** This one ends the connection, so it comes last. */
export const lastCauses: Causes = {
  SessionOfflineMidway: midway({ kick: "drop" }),
}
