import { createSecretKey, randomBytes } from "node:crypto"
import type * as Pg from "pg"
import * as Sealed from "../../layers/secrets/Sealed.ts"
import type { SecretName } from "../../layers/secrets/Secrets.ts"
import { OrganizationId } from "../../src/domain/Organization.ts"
import { SessionId } from "../../src/domain/Session.ts"
import { alter, type Records } from "./crypto/Alterations.ts"
import { killRotations } from "./crypto/RotationKills.ts"
import { carelessVault, type Vault, withVault } from "./crypto/Vault.ts"
import { migrate, withClient, withServer } from "./PrivateServer.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"

const organizationOf = (nth: number) =>
  OrganizationId.make(`org_01J9ZX8K2QHV0M3T6R7P4N${String(nth).padStart(4, "0")}`)
const sessionOf = (nth: number) =>
  SessionId.make(`01J9ZX8K2QHV0M3T6R7P4N${String(nth).padStart(4, "0")}`)

/** Different in every part: organization, session, type and id. */
const names: ReadonlyArray<SecretName> = [
  { organizationId: organizationOf(1), sessionId: sessionOf(1), type: "credentials", id: "" },
  { organizationId: organizationOf(2), sessionId: sessionOf(2), type: "pre-key", id: "7" },
  { organizationId: organizationOf(1), sessionId: null, type: "webhook", id: "wh_1" },
]

const sealRecords = async (vault: Vault): Promise<Records> => {
  const records: Array<Records[number]> = []
  for (const [index, name] of names.entries())
    records.push([name, await vault.seal(name, randomBytes(16 + index * 40))])
  return records
}

const insertOwners = async (client: Pg.Client, count: number) => {
  for (let nth = 1; nth <= count; nth += 1) {
    await client.query(
      "INSERT INTO organizations (organization_id, name, created_at) VALUES ($1, '', 0)",
      [organizationOf(nth)],
    )
    await client.query(
      `INSERT INTO sessions (session_id, organization_id, gateway_id, label, desired, status,
         auto_read, presence_typing, created_at, updated_at)
       VALUES ($1, $2, 'gateway', '', 'stopped', 'stopped', false, false, 0, 0)`,
      [sessionOf(nth), organizationOf(nth)],
    )
  }
}

const sealForEverybody = (vault: Vault, count: number): Promise<Records> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const nth = index + 1
      const owner = { organizationId: organizationOf(nth), sessionId: sessionOf(nth) }
      const name: SecretName = { ...owner, type: "credentials", id: "" }
      return [name, await vault.seal(name, Buffer.from("noise key"))] as const
    }),
  )

const countUnreadable = async (vault: Vault, records: Records) => {
  const opened = await Promise.all(records.map(([name, record]) => vault.open(name, record)))
  return opened.filter((content) => content === undefined).length
}

const repeatedNonces = (count: number) => {
  const key = createSecretKey(randomBytes(32))
  const [bound, content] = [Sealed.binding(["bound"]), Buffer.from("content")]
  const seen = new Set<string>()
  for (let nth = 0; nth < count; nth += 1)
    seen.add(Buffer.from(Sealed.seal(key, 1, bound, content)).toString("latin1", 5, 17))
  return count - seen.size
}

const sessions = 300

const run = ({ form, seed }: Trial): Promise<Outcome> =>
  withServer(async (url, dataDir) => {
    const tally = new Tally()
    await migrate(url)
    return withClient(url, async (client) => {
      await insertOwners(client, sessions)
      const records = await withVault(url, dataDir, async (vault) => {
        await alter(vault, await sealRecords(vault), tally)
        return sealForEverybody(vault, sessions)
      })
      const unreadable = () =>
        withVault(url, dataDir, (vault) => countUnreadable(vault, records)).catch(
          () => records.length,
        )
      const kills = form === "full" ? 50 : 2
      const random = new Random(seed)
      const rotations = await killRotations({ client, dataDir, kills, random, unreadable }, tally)
      const nonces = form === "full" ? 1_000_000 : 30_000
      const repeated = repeatedNonces(nonces)
      tally.tried("nonces", repeated === 0 ? [] : [`${repeated} repeats`])
      return tally.outcome({ ...rotations, records: records.length, nonces })
    })
  })

const control = async (): Promise<Outcome> => {
  const tally = new Tally()
  const vault = carelessVault()
  await alter(vault, await sealRecords(vault), tally)
  return tally.outcome()
}

export const S14: Row = {
  promise: "stored secrets open unaltered, in their place, and whatever a rotation met",
  run,
  control,
}
