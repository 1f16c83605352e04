import { Array, Clock, Effect } from "effect"
import type { Happening } from "../../src/domain/Event.ts"
import type { GroupJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { PersonSeen, Sighting } from "../../src/domain/Sighting.ts"
import type { SightingStore } from "../../src/Plugin.ts"
import { ContactBook, type ContactId } from "../../src/ports/ContactBook.ts"
import { Events } from "../../src/ports/Events.ts"
import { latest, peopleIn, portions, rowsOf, rowWith } from "./seen/GroupRows.ts"
import { happeningsOf, membersHappenings, requestHappenings } from "./seen/Happenings.ts"
import { SeenGroupsRepo, type WrittenGroup } from "./seen/SeenGroupsRepo.ts"
import { SeenMembersRepo } from "./seen/SeenMembersRepo.ts"
import { SeenMergesRepo } from "./seen/SeenMergesRepo.ts"
import { SeenRequestsRepo } from "./seen/SeenRequestsRepo.ts"
import { SeenTagsRepo } from "./seen/SeenTagsRepo.ts"

type Seen<Tag extends Sighting["_tag"]> = Extract<Sighting, { readonly _tag: Tag }>

/** Keeps the stored groups what WhatsApp last said they are, and says what changed by that. */
export const storeGroups = Effect.gen(function* () {
  const groups = yield* SeenGroupsRepo
  const members = yield* SeenMembersRepo
  const requests = yield* SeenRequestsRepo
  const tags = yield* SeenTagsRepo
  const { merge } = yield* SeenMergesRepo
  const book = yield* ContactBook
  const events = yield* Events

  const seen = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    sightings: ReadonlyArray<Seen<"GroupSeen">>,
    isKnown: boolean,
  ) {
    if (sightings.length === 0) return []
    const of = [organization, session] as const
    const now = yield* Clock.currentTimeMillis
    const contactOf = yield* contacts(...of, sightings.flatMap(peopleIn))
    const written = yield* groups.write(...of, now, sightings.map(rowWith(contactOf)))
    const fresh = written.filter(({ isNew }) => isNew)
    const tagged = fresh.filter(({ hasEarlyTags }) => hasEarlyTags).map(jidOf)
    if (tagged.length > 0) yield* tags.enter(...of, now, tagged)
    // Those that are new and untagged have no rows of members yet.
    const empty = new Set(fresh.filter(({ hasEarlyTags }) => !hasEarlyTags).map(jidOf))
    const [before, entered] = Array.partition(sightings, ({ jid }) => empty.has(jid))
    if (entered.length > 0) yield* members.enter(...of, now, rowsOf(entered, contactOf))
    const quiet = isKnown ? fresh.map(jidOf) : sightings.map(({ jid }) => jid)
    const changes = yield* Effect.forEach(portions(before), (portion) =>
      members.write(
        ...of,
        now,
        portion.map(({ jid }) => jid),
        rowsOf(portion, contactOf),
        quiet,
      ),
    )
    const known = before.map(({ jid }) => jid)
    const letIn = known.length === 0 ? [] : yield* requests.enter(...of, known)
    return [
      ...written.filter(({ isNew }) => isKnown || !isNew).flatMap(happeningsOf),
      ...membersHappenings(changes.flat()),
      ...requestHappenings(letIn),
    ]
  })

  /** Who still asks to be let in shows only to those inside. */
  const ended = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    gone: ReadonlyArray<WrittenGroup>,
  ) {
    if (gone.length === 0) return []
    const closed = yield* requests.close(organization, session, gone.map(jidOf))
    return [...gone.flatMap(happeningsOf), ...requestHappenings(closed)]
  })

  const left = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    jids: ReadonlyArray<GroupJid>,
  ) {
    if (jids.length === 0) return []
    const now = yield* Clock.currentTimeMillis
    return yield* ended(organization, session, yield* groups.left(organization, session, now, jids))
  })

  const listed = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    list: Seen<"GroupsListed"> | undefined,
    isKnown: boolean,
  ) {
    if (list === undefined) return []
    const now = yield* Clock.currentTimeMillis
    if (!isKnown) yield* groups.list(organization, session, now)
    const missing = yield* groups.leftExcept(organization, session, now, list.jids)
    return yield* ended(organization, session, missing)
  })

  const tagged = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    told: ReadonlyArray<Seen<"MemberTagged">>,
  ) {
    if (told.length === 0) return []
    const contactOf = yield* contacts(
      organization,
      session,
      told.map(({ member }) => member),
    )
    const rows = told.map(({ group, member, tag }) => ({
      jid: group,
      contact: contactOf(member),
      tag,
    }))
    const last = new Map(rows.map((row) => [`${row.jid} ${row.contact}`, row]))
    const now = yield* Clock.currentTimeMillis
    return membersHappenings(yield* tags.write(organization, session, now, [...last.values()]))
  })

  const asked = Effect.fnUntraced(function* (
    organization: OrganizationId,
    session: SessionId,
    { group, requests: open }: Seen<"JoinRequestsSeen">,
  ) {
    const contactOf = yield* contacts(organization, session, open)
    const rows = open.map((one) => ({
      contact: contactOf(one),
      method: one.method,
      requestedAt: one.requestedAt,
    }))
    return requestHappenings(yield* requests.write(organization, session, group, rows))
  })

  /** Everybody has been met, so everybody has a contact. */
  const contacts = (
    organization: OrganizationId,
    session: SessionId,
    people: ReadonlyArray<PersonSeen>,
  ) => {
    const each = [...new Set(people)]
    return Effect.map(book.recognise(organization, session, each), (ids) => {
      const known = new Map(each.map((person, index) => [person, ids[index]!]))
      return (person: PersonSeen): ContactId => known.get(person)!
    })
  }

  const store: SightingStore["store"] = (organization, session, sightings) =>
    Effect.gen(function* () {
      const of = [organization, session] as const
      const gone = only("GroupLeft", sightings).map(({ jid }) => jid)
      const groupsSeen = latest(only("GroupSeen", sightings))
      const list = only("GroupsListed", sightings).at(-1)
      const isKnown =
        (groupsSeen.length > 0 || list !== undefined) && (yield* groups.wasListed(...of))
      const happenings: ReadonlyArray<Happening> = [
        ...(yield* seen(...of, groupsSeen, isKnown)),
        ...(yield* left(...of, gone)),
        ...(yield* listed(...of, list, isKnown)),
        ...(yield* tagged(...of, only("MemberTagged", sightings))),
        ...(yield* Effect.forEach(only("JoinRequestsSeen", sightings), (one) =>
          asked(...of, one),
        )).flat(),
      ]
      yield* events.append(organization, session, happenings)
    })

  return { store, merge } satisfies SightingStore
}).pipe(
  Effect.provide([
    SeenGroupsRepo.Default,
    SeenMembersRepo.Default,
    SeenMergesRepo.Default,
    SeenRequestsRepo.Default,
    SeenTagsRepo.Default,
  ]),
)

const jidOf = ({ groupJid }: WrittenGroup) => groupJid

const only = <Tag extends Sighting["_tag"]>(tag: Tag, sightings: ReadonlyArray<Sighting>) =>
  sightings.filter((sighting): sighting is Seen<Tag> => sighting._tag === tag)
