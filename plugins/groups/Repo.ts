import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Schema } from "effect"
import { GroupJid, type PersonJid } from "../../src/domain/Jid.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { SessionId } from "../../src/domain/Session.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"
import { groupColumns, groupRows } from "./Columns.ts"
import { Group } from "./Group.ts"

const Session = { organization: OrganizationId, session: SessionId }
const OfGroup = Schema.Struct({ ...Session, group: GroupJid })
const Making = Schema.Struct({
  ...Session,
  call: Schema.String,
  subject: Schema.String,
  since: Schema.Int,
  owner: Schema.Array(Schema.String),
  people: Schema.Array(Schema.String),
})

/** A group that some call was to make: by whom, of whom, and when it began. */
export interface Making {
  /** Names the call; one that is repeated under a key has the key's name. */
  readonly call: string
  readonly subject: string
  /** Epoch milliseconds. */
  readonly since: number
  /** All addresses of the session's own account. */
  readonly owner: ReadonlyArray<PersonJid>
  readonly people: ReadonlyArray<PersonJid>
}

/** What rules have to know of stored groups. */
export class GroupsRepo extends Effect.Service<GroupsRepo>()("plugins/groups/Repo", {
  effect: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { within } = yield* Tenancy

    const groups = sql.literal(groupRows)
    const columns = sql.literal(groupColumns)
    const ofSession = (of: { readonly organization: string; readonly session: string }) => sql`
      g.organization_id = ${of.organization} AND g.session_id = ${of.session}`

    const find = SqlSchema.findOne({
      Request: OfGroup,
      Result: Group,
      execute: ({ group, ...of }) => sql`
        SELECT ${columns} FROM ${groups} WHERE ${ofSession(of)} AND g.group_jid = ${group}`,
    })

    const attribute = (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
      call: string,
    ) => sql`
      UPDATE groups g SET made_by = ${call}
      WHERE ${ofSession({ organization, session })} AND g.group_jid = ${group}`

    const findMade = SqlSchema.findOne({
      Request: Making,
      Result: Group,
      execute: ({ call, owner, people, since, subject, ...of }) => sql`
        SELECT ${columns} FROM ${groups}
        WHERE ${ofSession(of)} AND g.left_at IS NULL AND (g.made_by = ${call} OR (
          g.made_by IS NULL AND g.subject = ${subject} AND g.first_seen_at >= ${since}
          AND (o.lid = ANY(${owner as never}) OR o.phone_jid = ANY(${owner as never}))
          AND NOT EXISTS (
            SELECT FROM group_members m JOIN contacts c USING (contact_id)
            WHERE m.group_id = g.group_id AND m.left_at IS NULL AND m.contact_id <> g.owner_id
              AND (c.lid = ANY(${people as never})) IS NOT TRUE
              AND (c.phone_jid = ANY(${people as never})) IS NOT TRUE)))
        ORDER BY g.made_by, g.group_id LIMIT 1`,
    })

    return {
      /** Also finds a group that the session has left. */
      find: (organization: OrganizationId, session: SessionId, group: GroupJid) =>
        Effect.orDie(within(organization)(find({ organization, session, group }))),

      /** Remembers which call made the group. */
      attribute: (
        organization: OrganizationId,
        session: SessionId,
        group: GroupJid,
        call: string,
      ) => Effect.orDie(within(organization)(attribute(organization, session, group, call))),

      /** The group that the call has made, known by name or, where no call claims it, by its looks. */
      findMade: (organization: OrganizationId, session: SessionId, making: Making) =>
        Effect.orDie(within(organization)(findMade({ organization, session, ...making }))),
    } as const
  }),
}) {}
