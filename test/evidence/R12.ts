import { withClient } from "./PrivateServer.ts"
import { Plant } from "./processes/Plant.ts"
import { Random } from "./Random.ts"
import { Deaths } from "./R12/Deaths.ts"
import { diskOf, withServerOnDisk } from "./R12/Disk.ts"
import { sluggish } from "./R12/Sluggish.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

interface Size {
  readonly sessions: number
  readonly kills: number
  /** How often the disk is full, for a while. */
  readonly shortages: number
  readonly scarceMillis: number
  /** The control: what was stored in the last second before a kill is not there. */
  readonly isLazy: boolean
}

const besiege = (
  { isLazy, kills, scarceMillis, sessions, shortages }: Size,
  seed: number,
): Promise<Outcome> =>
  Plant.use(
    (plant) =>
      withClient(plant.url, async (client) => {
        const tally = new Tally()
        const gateway = await plant.start("a", sluggish)
        const deaths = new Deaths(plant, client, new Random(seed), isLazy, gateway)
        await deaths.link(sessions)
        for (let kill = 0; kill < kills; kill += 1) {
          tally.tried("killed while linking", await deaths.whileLinking())
          if (!isLazy) tally.tried("killed while receiving", await deaths.whileReceiving())
        }
        const disk = diskOf(plant.folder, plant.url)
        for (let nth = 0; nth < shortages; nth += 1) {
          const isKilled = nth % 2 === 1
          tally.tried(
            `full, killed: ${isKilled}`,
            await deaths.whileFull(disk, scarceMillis, isKilled),
          )
        }
        await deaths.end()
        return tally.outcome({ kills: isLazy ? kills : kills * 2, shortages, disk: disk.kind })
      }),
    withServerOnDisk,
  )

const run = ({ form, seed }: Trial) =>
  besiege(
    form === "full"
      ? { sessions: 5, kills: 250, shortages: 20, scarceMillis: 10_000, isLazy: false }
      : { sessions: 2, kills: 1, shortages: 1, scarceMillis: 3_000, isLazy: false },
    seed,
  )

const control = ({ seed }: Trial) =>
  besiege({ sessions: 0, kills: 1, shortages: 0, scarceMillis: 0, isLazy: true }, seed)

export const R12: Row = {
  promise:
    "a gateway killed, or without room, while it writes credentials and keys needs no new pairing",
  run,
  control,
}
