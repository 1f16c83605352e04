/** What is read: one session with 500 groups, the first of which has 1 024 members. */
import type * as Pg from "pg"

export const session = "BENCH"
export const group = "120363000000000001@g.us"

export const fill = async (owner: Pg.Client, organization: string) => {
  await owner.query(
    `INSERT INTO sessions (session_id, organization_id, gateway_id, label, desired, status,
       auto_read, presence_typing, created_at, updated_at)
     VALUES ($1, $2, 'bench', 'Bench', 'stopped', 'stopped', false, false, 1, 1)`,
    [session, organization],
  )
  for (const statement of [contacts, groups, members])
    await owner.query(statement, [session, organization])
  await owner.query("ANALYZE")
}

const contacts = `
  INSERT INTO contacts (session_id, organization_id, lid, phone_jid, push_name, first_seen_at,
    updated_at)
  SELECT $1, $2, (205227000000000 + n) || '@lid', (6281000000000 + n) || '@s.whatsapp.net',
    'Person ' || n, 1767225600000 + n, 1767225600000 + n
  FROM generate_series(1, 1024) n`

const groups = `
  INSERT INTO groups (session_id, organization_id, group_jid, subject, description, owner_id,
    created_at_wa, is_announce, is_locked, join_approval, member_add_mode, disappearing_seconds,
    participant_count, first_seen_at, seen_at, updated_at)
  SELECT $1, $2, (120363000000000000 + n) || '@g.us', 'Café "' || n || '"',
    'Who does what by when, and where: room ' || n,
    (SELECT contact_id FROM contacts WHERE session_id = $1 AND push_name = 'Person ' || n),
    1767225600000 + n, false, n % 2 = 0, false, 'admins', 0, 1024, 1767225600000 + n,
    1767225600000 + n, 1767225600000 + n
  FROM generate_series(1, 500) n ORDER BY n`

const members = `
  INSERT INTO group_members (session_id, organization_id, group_id, contact_id, role, tag,
    first_seen_at)
  SELECT $1, $2, (SELECT min(group_id) FROM groups WHERE session_id = $1), contact_id, 'member', '',
    1767225600000
  FROM contacts WHERE session_id = $1 ORDER BY contact_id`
