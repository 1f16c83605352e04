/** The reads as rows, and the JSON schemas by which Fastify writes them. */
import { groupColumns, groupRows as from } from "../../../plugins/groups/Columns.ts"

const inSession = `
  EXISTS (SELECT FROM sessions s WHERE s.organization_id = $1 AND s.session_id = $2)
  AND g.organization_id = $1 AND g.session_id = $2`

export const groupRows = `
  SELECT ${groupColumns} FROM ${from} WHERE ${inSession} AND g.group_jid = $3`

export const groupsRows = `
  SELECT ${groupColumns} FROM ${from} WHERE ${inSession} AND g.left_at IS NULL
  ORDER BY g.group_id`

export const membersRows = `
  SELECT m.first_seen_at AS "firstSeenAt", g.group_jid AS "groupJid", m.member_id AS "id",
    g.seen_at AS "lastSeenAt", c.lid, c.phone_jid AS "phoneJid", m.role,
    m.session_id AS "sessionId", m.tag
  FROM groups g JOIN group_members m USING (group_id) JOIN contacts c USING (contact_id)
  WHERE ${inSession} AND g.group_jid = $3 AND m.left_at IS NULL ORDER BY m.member_id`

const text = { type: "string" }
const maybeText = { type: ["string", "null"] }
const int = { type: "integer" }
const flag = { type: "boolean" }
const object = (properties: object) => ({ type: "object", properties })
const pageOf = (items: object) => object({ data: { type: "array", items }, nextCursor: text })

export const groupSchema = object({
  createdAtWa: { type: ["integer", "null"] },
  description: text,
  firstSeenAt: int,
  groupJid: text,
  id: int,
  isAnnounce: flag,
  isLocked: flag,
  ownerJid: maybeText,
  participantCount: int,
  subject: text,
  updatedAt: int,
})

export const groupsSchema = pageOf(groupSchema)

export const membersSchema = pageOf(
  object({
    firstSeenAt: int,
    groupJid: text,
    id: int,
    lastSeenAt: int,
    lid: maybeText,
    phoneJid: maybeText,
    role: text,
    sessionId: text,
    tag: text,
  }),
)
