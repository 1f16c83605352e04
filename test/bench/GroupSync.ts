import { setTimeout as sleep } from "node:timers/promises"
import type * as Pg from "pg"
import { withClient, withFolder, withServer } from "../evidence/PrivateServer.ts"
import type { Form } from "../evidence/Row.ts"
import { GatewayProcess } from "../support/GatewayProcess.ts"
import type { Bench, Report } from "./Bench.ts"
import { BareClient } from "./groups/BareClient.ts"
import { changeAll } from "./groups/Changes.ts"
import { stallProbe } from "./groups/Stall.ts"
import { type Synced, Tenant } from "./groups/Tenant.ts"
import { World } from "./groups/World.ts"

const size = { groups: 500, members: 256 }

const sizes = {
  short: { rounds: 3, changes: 150 },
  full: { rounds: 7, changes: 1_000 },
}

const median = (values: ReadonlyArray<number>) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const expectWhole = async (tenant: Tenant, { session }: Synced) => {
  const { groups, members } = await tenant.readable(session)
  if (groups !== size.groups || members !== size.groups * size.members)
    throw new Error(`only ${groups} groups and ${members} members can be read`)
}

/**
 * In turns, so that whatever else this machine does meets both alike; and neither the first time, when
 * everything is compiled.
 */
const compare = async (world: World, tenant: Tenant, bare: BareClient, rounds: number) => {
  const fetched = []
  const synced: Array<Synced> = []
  let last = await tenant.syncFirst(world)
  await expectWhole(tenant, last)
  for (let round = 0; round < rounds; round += 1) {
    fetched.push(await bare.fetchAll())
    await tenant.stop(last.session)
    last = await tenant.syncFirst(world)
    synced.push(last)
  }
  return { fetched, synced }
}

const withGateway = <A>(world: World, use: (tenant: Tenant, database: Pg.Client) => Promise<A>) =>
  withFolder((folder) =>
    withServer((url) =>
      withClient(url, async (database) => {
        const gateway = await GatewayProcess.start({
          env: {
            DATA_DIR: folder,
            PORT: "0",
            DATABASE_URL: url,
            WHATSAPP_URL: world.url,
            WHATSAPP_ALLOW_INSECURE: "loopback",
            NODE_OPTIONS: stallProbe,
          },
        })
        return use(new Tenant(gateway, database), database).finally(() => gateway.end())
      }),
    ),
  )

const measure = async (world: World, form: Form): Promise<Report> => {
  const { changes, rounds } = sizes[form]
  const bare = await BareClient.link(world)
  return withGateway(world, async (tenant, database) => {
    const { fetched, synced } = await compare(world, tenant, bare, rounds)
    await bare.end()
    await sleep(1_000)
    const took = await changeAll(world, database, synced.at(-1)!.session, changes)
    return {
      measures: [
        {
          name: "firstSyncMillis",
          value: median(synced.map(({ millis }) => millis)),
          baseline: median(fetched.map(({ millis }) => millis)),
          atMost: 1.5,
        },
        { name: "stallMillis", value: median(synced.map(({ stall }) => stall)), atMost: 100 },
        { name: "changeP99Millis", value: took[Math.ceil(took.length * 0.99) - 1]!, atMost: 250 },
      ],
      figures: {
        ...size,
        rounds,
        changes: took.length,
        changeMedianMillis: Math.round(median(took)),
        bareStallMillis: Math.round(median(fetched.map(({ stall }) => stall))),
      },
    }
  }).finally(() => bare.end())
}

export const groupSync: Bench = {
  name: "group-sync",
  question:
    "how long until 500 groups of 256 are stored, against fetching them, and until a change is",
  run: async (form) => {
    const world = await World.start(size)
    return measure(world, form).finally(() => world.end())
  },
}
