/** API keys: unguessable, stored as what nobody can turn back, compared without telling by time. */
import { Effect, Redacted } from "effect"
import { createHmac } from "node:crypto"
import * as Pg from "pg"
import { ask, bearer } from "./credentials/Asking.ts"
import { Canaries, secretOf } from "./credentials/Canaries.ts"
import { type Contents, contentsOf } from "./credentials/Contents.ts"
import { drawKeys } from "./credentials/Drawing.ts"
import { certain, guessNaive, guessOurs, guessOverHttp } from "./credentials/Guessing.ts"
import { type Place, withDatabase } from "./credentials/Stage.ts"
import { Random } from "./Random.ts"
import type { Outcome, Row, Trial } from "./Row.ts"
import { Tally } from "./Tally.ts"
import { mint } from "../../layers/ApiKeySecret.ts"
import { GatewayProcess } from "../support/GatewayProcess.ts"

const sizes = {
  short: { keys: 100_000, http: 800, here: 2000 },
  full: { keys: 1_000_000, http: 20_000, here: 40_000 },
}
const canaryCount = 100

const run = ({ form, seed }: Trial): Promise<Outcome> =>
  withDatabase(async (place) => {
    const { here, http, keys } = sizes[form]
    const [tally, random] = [new Tally(), new Random(seed)]
    const gateway = await start(place)
    const { canaries, said } = await useCanaries(gateway)
    const oursT = await guessOurs(here, random)
    const httpT = await guessOverHttp(gateway.url, canaries.tokens[0]!, http, random)
    const { tables } = await search(place, canaries, `${said}${gateway.output()}`, tally)
    await gateway.end()
    for (const [name, t] of Object.entries({ oursT, ...httpT }))
      if (Math.abs(t) >= certain) tally.failed(`time tells: ${name} ${t}`)
    const drawn = drawKeys(keys, tally)
    return {
      ...tally.outcome({ ...drawn, tables, traces: canaries.size, oursT, ...httpT }),
      n: keys,
    }
  })

const start = ({ env }: Place) =>
  GatewayProcess.start({
    env: {
      ...env,
      LOG_LEVEL: "debug",
      WHATSAPP_URL: "ws://127.0.0.1:1/",
      WHATSAPP_ALLOW_INSECURE: "loopback",
    },
  })

/** Makes keys and uses them well and badly; what was said of them, but for the one telling of each. */
const useCanaries = async ({ firstKey, url }: GatewayProcess) => {
  const path = `${url}/api/v1/api-keys`
  const tokens: Array<string> = []
  const said: Array<string> = []
  const heard = async (path: string, token: string, more: object = {}) => {
    const { headers, text } = await ask(path, { headers: bearer(token), ...more })
    said.push(text, JSON.stringify(headers))
  }
  for (let count = 0; count < canaryCount; count++) {
    const json = { name: `canary ${count}`, capabilities: ["manage"] }
    const made = await ask(path, { method: "POST", headers: bearer(firstKey!), json })
    const { id, token } = JSON.parse(made.text) as { id: string; token: string }
    tokens.push(token)
    await heard(path, token)
    await heard(`${url}/api/v1/sessions`, token)
    await heard(`${path}/${token}`, token, { method: "DELETE" })
    await heard(path, token, { method: "POST", json: { name: "", expiresAt: token } })
    await heard(path, token.slice(0, -1))
    await heard(`${url}/api/v1/nowhere/${token}`, token)
    await heard(path, token, {
      method: "POST",
      json: { name: token.repeat(9), capabilities: [token] },
    })
    if (count % 10 === 9) await heard(`${path}/${id}`, firstKey!, { method: "DELETE" })
  }
  return { canaries: new Canaries(tokens), said: said.join("\n") }
}

const search = async (place: Place, canaries: Canaries, said: string, tally: Tally) => {
  const contents = await contentsOf(place.databaseUrl)
  for (const { form } of canaries.in(contents.dump)) tally.failed(`in the database: ${form}`)
  for (const { form } of canaries.in(Buffer.from(said))) tally.failed(`said: ${form}`)
  if (opens(contents, canaries)) tally.failed("the database holds what its hashes were made with")
  return contents
}

/** Whether any value of the database, taken as the key of the hashes, makes one that is stored. */
const opens = ({ values }: Contents, { tokens }: Canaries) => {
  const stored = new Set(values.filter(({ length }) => length === 32).map(String))
  return tokens.slice(0, 10).some((token) =>
    values.some((value) => {
      const hmac = createHmac("sha256", value)
      return stored.has(String(hmac.update(secretOf(token)).digest()))
    }),
  )
}

const columns = [
  "token",
  "encode(token::bytea, 'base64')",
  "sha256(substr(token, 31, 43)::bytea)",
  "encode(sha256(substr(token, 31, 43)::bytea), 'hex')",
  "reverse(token)",
]

/** Plain and unpeppered storage is found in every form, and a comparison that stops early shows. */
const control = ({ seed }: Trial): Promise<Outcome> =>
  withDatabase(async ({ databaseUrl }) => {
    const tally = new Tally()
    const tokens = drawCanaries()
    const canaries = new Canaries(tokens)
    for (const column of columns) {
      await store(databaseUrl, column, tokens)
      const found = new Set(
        canaries.in((await contentsOf(databaseUrl)).dump).map(({ token }) => token),
      )
      tally.tried(column, found.size === canaryCount ? ["is found"] : [])
    }
    const t = await guessNaive(sizes.short.here, new Random(seed))
    tally.tried("naive", Math.abs(t) >= certain ? [`time tells: ${t}`] : [])
    const outcome = tally.outcome({ naiveT: t })
    return { ...outcome, failures: outcome.failures > columns.length ? outcome.failures : 0 }
  })

const drawCanaries = () =>
  Array.from({ length: canaryCount }, () => Redacted.value(Effect.runSync(mint).token))

const store = async (databaseUrl: string, column: string, tokens: ReadonlyArray<string>) => {
  const client = new Pg.Client(databaseUrl)
  await client.connect()
  await client.query("DROP TABLE IF EXISTS plain_keys")
  await client.query(
    `CREATE TABLE plain_keys AS SELECT ${column} AS kept FROM unnest($1::text[]) AS token`,
    [tokens],
  )
  await client.end()
}

export const S6: Row = {
  promise: "an API key can be neither guessed nor read out of anything",
  run,
  control,
}
