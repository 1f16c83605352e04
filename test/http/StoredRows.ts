/** Rows of every shape that the tables hold, for the stored reads of one session. */
import type { SqlClient } from "@effect/sql"
import { Effect, FastCheck as fc } from "effect"
import { ulid } from "ulid"
import { OwnerSql } from "../../layers/Postgres.ts"

const text = fc.oneof(
  fc.fullUnicodeString({ maxLength: 12 }).map((any) => any.replaceAll("\0", "")),
  fc.constantFrom("", `"`, "\\", "\\u0000", "'", "</script>", "😀é𐍈", "\u2028\u2029"),
  fc.constantFrom("\u0001\b\t\n\v\f\r\u001f\u007f\u0080\u009f", "\ufeff\ufffd\uffff"),
)
const most = Number.MAX_SAFE_INTEGER
const time = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, most, -most))
const count = fc.oneof(fc.integer(), fc.constantFrom(0, 2_147_483_647, -2_147_483_648))
const maybe = <A>(some: fc.Arbitrary<A>) => fc.option(some, { nil: null })
const times = { first_seen_at: time, updated_at: time }

const person = fc.record({
  addresses: fc.constantFrom("lid", "phone_jid", "both"),
  saved_name: maybe(text),
  push_name: maybe(text),
  business_name: maybe(text),
  hasDirectChat: fc.boolean(),
  ...times,
})

const group = fc.record({
  subject: text,
  description: text,
  owner: maybe(fc.nat()),
  created_at_wa: maybe(time),
  is_announce: fc.boolean(),
  is_locked: fc.boolean(),
  join_approval: fc.boolean(),
  member_add_mode: fc.constantFrom("admins", "members"),
  disappearing_seconds: count,
  participant_count: count,
  seen_at: time,
  left_at: maybe(time),
  ...times,
})

const member = fc.record({
  isIn: fc.nat(2),
  role: fc.constantFrom("member", "admin", "superadmin"),
  tag: text,
  first_seen_at: time,
  left: maybe(fc.record({ last_seen_at: time, left_at: time })),
})

export const world = fc.record({
  people: fc.array(person, { minLength: 1, maxLength: 4 }),
  groups: fc.array(group, { maxLength: 3 }),
  members: fc.array(member, { minLength: 4, maxLength: 4 }),
})
export type World = typeof world extends fc.Arbitrary<infer A> ? A : never

/** Ids up to the last one that JSON can carry. */
let nextId = most - 1_000_000
const id = () => (nextId += 1)

/** Where the rows can be asked for. */
export interface Stored {
  readonly session: string
  readonly groups: ReadonlyArray<string>
  readonly people: ReadonlyArray<string>
}

export const store = Effect.fnUntraced(function* (organization: string, rows: World) {
  const sql = yield* OwnerSql
  const session = ulid()
  const of = { organization_id: organization, session_id: session }
  yield* insert(sql, "sessions", sessionRow(of))
  const people = rows.people.map((one) => ({ one, ...addresses(one.addresses), contact_id: id() }))
  for (const { contact_id, lid, one, phone_jid } of people) {
    const { addresses: _, hasDirectChat, ...columns } = one
    yield* insert(sql, "contacts", { ...of, contact_id, lid, phone_jid, ...columns })
    if (!hasDirectChat) continue
    yield* insert(sql, "direct_chats", { ...of, contact_id, first_seen_at: 1 })
  }
  const groups = rows.groups.map((one) => ({ one, group_id: id(), group_jid: `${digits()}@g.us` }))
  for (const { group_id, group_jid, one } of groups) {
    const { owner, ...columns } = one
    const owner_id = owner === null ? null : people[owner % people.length]!.contact_id
    yield* insert(sql, "groups", { ...of, group_id, group_jid, owner_id, ...columns })
  }
  for (const [nth, { isIn, left, ...columns }] of rows.members.entries()) {
    const [of_, who] = [groups[isIn], people[nth]]
    if (of_ === undefined || who === undefined) continue
    const { contact_id } = who
    const row = { ...of, member_id: id(), group_id: of_.group_id, contact_id, ...columns, ...left }
    yield* insert(sql, "group_members", row)
  }
  return {
    session,
    groups: groups.map(({ group_jid }) => group_jid),
    people: people.map(({ lid, phone_jid }) => (lid ?? phone_jid)!),
  } satisfies Stored
})

const insert = (sql: SqlClient.SqlClient, table: string, row: Record<string, unknown>) =>
  sql.unsafe(
    `INSERT INTO ${table} (${Object.keys(row).join()}) OVERRIDING SYSTEM VALUE
     VALUES (${Object.keys(row).map((_, at) => `$${at + 1}`)})`,
    Object.values(row) as Array<string>,
  )

const sessionRow = (of: object) => ({
  ...of,
  gateway_id: "none",
  label: "",
  desired: "stopped",
  status: "stopped",
  auto_read: false,
  presence_typing: false,
  created_at: 1,
  updated_at: 1,
})

const digits = () => String(Math.floor(1e14 + Math.random() * 8e14))

const addresses = (which: string) => ({
  lid: which === "phone_jid" ? null : `${digits()}@lid`,
  phone_jid: which === "lid" ? null : `${digits()}@s.whatsapp.net`,
})
