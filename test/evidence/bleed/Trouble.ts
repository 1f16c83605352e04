import type * as Pg from "pg"
import { setTimeout as sleep } from "node:timers/promises"
import type { Random } from "../Random.ts"

export interface Trouble {
  readonly owner: Pg.Client
  readonly random: Random
  readonly isOver: () => boolean
}

/** Ends connections at work, and holds a table now and then, once for longer than anybody waits. */
export const makeTrouble = async ({ isOver, owner, random }: Trouble) => {
  let [terminated, round] = [0, 0]
  while (!isOver()) {
    round += 1
    await sleep(100 + random.below(300))
    if (round % 10 === 0) await hold(owner, round % 400 === 20 ? 5500 : 200)
    const { rowCount } = await owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name IN ('gateway_app', 'gateway_system') ORDER BY random() LIMIT 1`,
    )
    terminated += rowCount ?? 0
  }
  return { terminated, held: Math.floor(round / 10) }
}

const hold = async (owner: Pg.Client, millis: number) => {
  await owner.query("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
  await sleep(millis)
  await owner.query("COMMIT")
}
