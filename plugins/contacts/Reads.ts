/** What is stored of contacts, as the text of answers: the contact book, direct chats and groups. */
import { contactColumns } from "../../src/domain/Contact.ts"
import { array, inSession, object, page } from "../../src/http/StoredJson.ts"

const ofSession = `c.organization_id = $1 AND c.session_id = s.session_id`
const hasDirectChat = `EXISTS (SELECT FROM direct_chats d WHERE d.contact_id = c.contact_id)`

const groups = array(`
  SELECT g.group_jid AS jid, coalesce(m.last_seen_at, g.seen_at) AS "lastSeen", g.subject AS name,
    m.role, m.tag
  FROM group_members m JOIN groups g USING (group_id)
  WHERE m.contact_id = c.contact_id ORDER BY g.group_id`)

export const storedContact = inSession(
  object(`
    SELECT ${hasDirectChat} AS dm, (${groups})::json AS groups, (${object(
      `SELECT ${contactColumns}`,
    )})::json AS identity
    FROM contacts c WHERE ${ofSession} AND (c.lid = $3 OR c.phone_jid = $3)`),
)

/** Any of the names, whatever the case; a number however it is written. */
const matches = `$7::text IS NULL OR strpos(split_part(c.phone_jid, '@', 1), $8::text) > 0 OR ${[
  "c.saved_name",
  "c.push_name",
  "c.business_name",
]
  .map((name) => `strpos(lower(${name} COLLATE "und-x-icu"), lower($7 COLLATE "und-x-icu")) > 0`)
  .join(" OR ")}`

const isInGroup = `EXISTS (
  SELECT FROM group_members m JOIN groups g USING (group_id)
  WHERE m.contact_id = c.contact_id AND ($6 IS NULL OR g.group_jid = $6))`

/** In the order they were met. `group` has been seen in any group, or in the one that is named. */
export const listedContacts = inSession(
  page(
    "contacts",
    "$4",
    `SELECT ${contactColumns} FROM contacts c
    WHERE ${ofSession} AND c.contact_id > $3
      AND ($5::text IS DISTINCT FROM 'dm' OR ${hasDirectChat})
      AND ($5 IS DISTINCT FROM 'group' AND $6::text IS NULL OR ${isInGroup})
      AND (${matches})`,
  ),
)

/** What somebody looks for: nothing, a name, or a number however it is written. */
export const soughtFor = (q = "") => {
  const digits = /^[\d\s+().-]+$/.test(q) ? q.replace(/\D/g, "") : ""
  return [q || null, digits || null]
}
