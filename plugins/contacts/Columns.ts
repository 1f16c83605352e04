/** A row `c` of `contacts` as a `Contact`. */
export const contactColumns = `
  coalesce(c.business_name, '') AS "businessName", c.first_seen_at AS "firstSeenAt",
  c.contact_id AS "id", coalesce(c.lid, '') AS "lid",
  coalesce(c.saved_name, c.push_name, c.business_name, '') AS "name",
  coalesce(c.phone_jid, '') AS "phoneJid",
  split_part(coalesce(c.phone_jid, ''), '@', 1) AS "phoneNumber",
  c.updated_at AS "updatedAt"`
