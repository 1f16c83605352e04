import { withVault } from "./crypto/Vault.ts"
import { migrate, withClient, withServer } from "./PrivateServer.ts"
import { type Point, points } from "./R1/Breakage.ts"
import { audit } from "./R1/Ledger.ts"
import { Siege, type SiegeOptions } from "./R1/Siege.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

type Size = Pick<SiegeOptions, "sessions" | "messages" | "split" | "replies"> & {
  /** What ends each gateway; nothing is a random moment. */
  readonly kills: ReadonlyArray<Point | undefined>
}

const named = (Object.keys(points) as ReadonlyArray<Point>).filter(
  (point) => point !== "between the transactions",
)

export const besiege = (seed: number, { kills, ...size }: Size): Promise<Outcome> =>
  withServer(async (url, dataDir) => {
    await migrate(url)
    const random = new Random(seed)
    const tally = new Tally()
    const env = { DATABASE_URL: url, DATA_DIR: dataDir }
    return withClient(url, async (client) => {
      const siege = await Siege.begin({ ...size, client, env, random })
      for (const point of kills)
        await siege.kill(point === undefined ? {} : { point, nth: 1 + random.below(8) })
      await siege.end()
      const findings = await withVault(url, dataDir, (vault) => audit(siege, client, vault, tally))
      await siege.close()
      return tally.outcome({ kills: siege.kills, ...findings })
    })
  })

const repeated = <A>(times: number, one: A): ReadonlyArray<A> =>
  Array.from({ length: times }, () => one)

const run = ({ form, seed }: Trial) =>
  form === "full"
    ? besiege(seed, {
        sessions: 4,
        messages: 20,
        split: false,
        replies: true,
        kills: [...repeated(100, undefined), ...repeated(10, named).flat()],
      })
    : besiege(seed, {
        sessions: 3,
        messages: 20,
        split: false,
        replies: true,
        kills: [
          undefined,
          "decrypted, not committed",
          "committing the ratchet",
          "committed, not receipted",
          "after a sender key",
          "after the messages",
        ],
      })

/** What was decrypted is stored by a statement of its own. */
const control = ({ form, seed }: Trial) =>
  besiege(seed, {
    sessions: 3,
    messages: 20,
    split: true,
    replies: false,
    kills: repeated(form === "full" ? 12 : 3, "between the transactions"),
  })

export const R1: Row = {
  promise: "a gateway killed at any moment loses, repeats and reorders no message",
  run,
  control,
}
