/** SQL that writes the JSON of an answer, byte for byte as its schema would. */
import { cursorText } from "./Page.ts"

/** The text of something that a session (`$2`) has: no row unless it is the organization's. */
export const inSession = (text: string) => `
  SELECT (${text}) AS found FROM sessions s
  WHERE s.organization_id = $1 AND s.session_id = $2`

/** One row as an object, its columns in the order of the schema's fields; null where there is none. */
export const object = (select: string) => `
  SELECT row_to_json(r)::text FROM (${select}) r`

/** All rows as an array, in their order; `[]` where there are none. */
export const array = (select: string) => `
  SELECT '[' || coalesce(string_agg(row_to_json(r)::text, ','), '') || ']' FROM (${select}) r`

/** All rows as the only page of a list. */
export const onlyPage = (select: string) => `
  SELECT '{"data":' || (${array(select)}) || ',"nextCursor":""}'`

/**
 * A page of rows that have an `id`, which they are listed by; `limit` names the parameter. Only after a
 * page that is full it looks for another row: a whole list, whose limit is null, is read straight through.
 * Each `||` copies the rows, so what follows them is put together first.
 */
export const page = (list: string, limit: `$${number}`, select: string) => `
  SELECT '{"data":[' || coalesce(string_agg(row_to_json(r)::text, ',' ORDER BY r."id"), '')
    || ('],"nextCursor":"' || CASE WHEN count(*) = coalesce(${limit}::int, -1)
        AND EXISTS (SELECT FROM (${select}) next WHERE next."id" > max(r."id"))
      THEN ${cursorText(list, `max(r."id")`)} ELSE '' END || '"}')
  FROM (${select} ORDER BY "id" LIMIT ${limit}::int) r`
