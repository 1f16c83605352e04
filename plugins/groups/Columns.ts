/** A row of `groups` as a `Group`; `g` is the group and `o` the contact of its owner. */
export const groupColumns = `
  g.created_at_wa AS "createdAtWa", g.description, g.first_seen_at AS "firstSeenAt",
  g.group_jid AS "groupJid", g.group_id AS "id", g.is_announce AS "isAnnounce",
  g.is_locked AS "isLocked", coalesce(o.phone_jid, o.lid) AS "ownerJid",
  g.participant_count AS "participantCount", g.subject, g.updated_at AS "updatedAt"`

export const groupRows = `groups g LEFT JOIN contacts o ON o.contact_id = g.owner_id`
