/** Keys that are taken away, lose a capability or expire while they are in use, on two gateways. */
import { Clock } from "effect"
import { cachingFront } from "./credentials/CachingFront.ts"
import { Endings, type Node } from "./credentials/Endings.ts"
import { SlowDatabase } from "./credentials/SlowDatabase.ts"
import { type Place, withDatabase, withGateway } from "./credentials/Stage.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { GatewayProcess } from "../support/GatewayProcess.ts"

/** Two gateways on one database whose answers come late now and then, so that look-ups overlap deletes. */
const withNodes = (seed: number, use: (nodes: Nodes) => Promise<Outcome>): Promise<Outcome> =>
  withDatabase(async (place) => {
    const database = await SlowDatabase.start(place.databaseUrl, new Random(seed))
    const first = await startOn(place, database, "a")
    const second = await startOn(place, database, "b")
    database.isSlow = true
    return use({ first, second, admin: first.firstKey!, databaseUrl: place.databaseUrl }).finally(
      async () => {
        await Promise.all([first.end(), second.end()])
        await database.stop()
      },
    )
  })

interface Nodes {
  readonly first: Node
  readonly second: Node
  readonly admin: string
  readonly databaseUrl: string
}

const startOn = (place: Place, { url }: SlowDatabase, name: string) =>
  GatewayProcess.start({
    env: {
      ...place.env,
      DATABASE_URL: url,
      GATEWAY_ID: name,
      WHATSAPP_URL: "ws://127.0.0.1:1/",
      WHATSAPP_ALLOW_INSECURE: "loopback",
    },
  })

const rounds = { short: 60, full: 1000 }

const run = ({ form, seed }: Trial): Promise<Outcome> =>
  withNodes(seed, async (nodes) => {
    const endings = new Endings(nodes, new Random(seed))
    await endings.inLanes(rounds[form], (random) => endings.revoked(random))
    await endings.inLanes(rounds[form] / 5, (random) => endings.narrowed(random))
    await endings.inLanes(rounds[form] / 5, (random) => endings.expired(random))
    await endings.replaced()
    return endings.outcome()
  })

/** The same, behind something that remembers whom the gateway once let in. */
const control = ({ seed }: Trial): Promise<Outcome> =>
  withDatabase((place) =>
    withGateway(place, Clock.make(), {}, async (url, admin) => {
      const first = await cachingFront(url)
      const { databaseUrl } = place
      const random = new Random(seed)
      const endings = new Endings({ first, second: { url }, admin, databaseUrl }, random)
      await endings.inLanes(20, (random) => endings.revoked(random)).finally(first.stop)
      return endings.outcome()
    }),
  )

export const S7: Row = {
  promise: "a key that is taken away opens nothing from then on",
  run,
  control,
}
