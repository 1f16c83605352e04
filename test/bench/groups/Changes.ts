import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import type { World } from "./World.ts"

/** A change that is not stored yet, and when it was made. */
interface Pending {
  readonly group: string
  readonly subject: string
  readonly since: number
}

/** Milliseconds between two looks at the database, and between two changes. */
const look = 4
const apart = 300

/**
 * Has somebody else rename one group after the other and tells for each change the milliseconds from
 * before WhatsApp tells of it until the row shows it. A caller's own look would find it no sooner.
 */
export const changeAll = async (
  world: World,
  database: Pg.Client,
  session: string,
  count: number,
): Promise<ReadonlyArray<number>> => {
  const pending = new Map<string, Pending>()
  const took: Array<number> = []

  const watch = async () => {
    while (took.length < count) {
      const { rows } = await database.query<{ jid: string; subject: string }>(
        "SELECT group_jid AS jid, subject FROM groups WHERE session_id = $1 AND group_jid = ANY($2)",
        [session, [...pending.keys()]],
      )
      for (const { jid, subject } of rows) {
        const change = pending.get(jid)
        if (change?.subject !== subject) continue
        took.push(performance.now() - change.since)
        pending.delete(jid)
      }
      await sleep(look)
    }
  }

  const watched = watch()
  for (let n = 0; n < count; n += 1) {
    const group = world.groups[(n * 7) % world.groups.length]!
    const subject = `Changed ${n}`
    pending.set(group, { group, subject, since: performance.now() })
    await world.act("rename", { group, subject })
    await sleep(apart * (0.5 + Math.random()))
  }
  await watched
  return took.sort((a, b) => a - b)
}
