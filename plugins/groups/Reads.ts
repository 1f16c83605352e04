/** What is stored of groups, as the text of answers. */
import { inSession, object, page } from "../../src/http/StoredJson.ts"
import { groupColumns, groupRows } from "./Columns.ts"

const ofSession = `g.organization_id = $1 AND g.session_id = s.session_id`
const theGroup = `${ofSession} AND g.group_jid = $3`

/** The groups that the session is in now, oldest sighting first. */
export const listedGroups = inSession(
  page(
    "groups",
    "$4",
    `SELECT ${groupColumns} FROM ${groupRows}
    WHERE ${ofSession} AND g.left_at IS NULL AND g.group_id > $3`,
  ),
)

/** Also a group that the session has left. */
export const storedGroup = inSession(
  object(`SELECT ${groupColumns} FROM ${groupRows} WHERE ${theGroup}`),
)

export const storedSettings = inSession(
  object(`
    SELECT g.disappearing_seconds AS "disappearingSeconds", g.join_approval AS "joinApproval",
      g.member_add_mode AS "memberAddMode"
    FROM groups g WHERE ${theGroup}`),
)

/** Of a group that was left: those who were in it when it was last seen. */
export const listedMembers = inSession(`
  SELECT (${page(
    "members",
    "$5",
    `SELECT m.first_seen_at AS "firstSeenAt", g.group_jid AS "groupJid", m.member_id AS "id",
      g.seen_at AS "lastSeenAt", c.lid, c.phone_jid AS "phoneJid", m.role,
      m.session_id AS "sessionId", m.tag
    FROM group_members m JOIN contacts c USING (contact_id)
    WHERE m.group_id = g.group_id AND m.left_at IS NULL AND m.member_id > $4`,
  )})
  FROM groups g WHERE ${theGroup}`)
