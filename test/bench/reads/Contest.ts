/** Several servers with the same data behind them, asked for the same bytes, in turns. */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { promisify } from "node:util"
import { withClient, withServer } from "../../evidence/PrivateServer.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import { program } from "../../support/Program.ts"
import { fill } from "./Estate.ts"

export interface Contestant {
  readonly name: "gateway" | "fastifyRows" | "fastifyText"
  readonly url: string
  readonly pid: number
}

export interface Contest {
  readonly contestants: ReadonlyArray<Contestant>
  readonly key: string
}

/** One run of one contestant. */
export interface Run {
  readonly requestsPerSecond: number
  /** CPU time of the server's process; NaN where the system does not tell. */
  readonly microsPerRequest: number
}

export const withContest = <A>(use: (contest: Contest) => Promise<A>): Promise<A> =>
  withServer(async (url, folder) => {
    const env = { DATABASE_URL: url, DATA_DIR: folder, PORT: "0", LOG_LEVEL: "warning" }
    const gateway = await GatewayProcess.start({ env })
    const fastify = [startFastify("rows", url), startFastify("text", url)]
    try {
      await withClient(url, async (owner) => {
        const { rows } = await owner.query("SELECT organization_id AS id FROM organizations")
        await fill(owner, rows[0].id)
      })
      const [rows, text] = await Promise.all(fastify.map(listening))
      return await use({
        key: gateway.firstKey!,
        contestants: [
          { name: "gateway", url: gateway.url, pid: gateway.pid },
          { name: "fastifyRows", url: rows!, pid: fastify[0]!.pid! },
          { name: "fastifyText", url: text!, pid: fastify[1]!.pid! },
        ],
      })
    } finally {
      for (const child of fastify) child.kill()
      await gateway.end()
    }
  })

const startFastify = (form: "rows" | "text", url: string) =>
  spawn(process.execPath, [...program(import.meta.dirname, "fastify"), form, url], {
    stdio: ["ignore", "pipe", "inherit"],
  })

const listening = async (child: ChildProcess) => {
  const [said] = await once(child.stdout!, "data")
  return /Listening on (\S+)/.exec(String(said))![1]!
}

/** Refuses to measure servers that do not answer alike. */
export const requireSameBytes = async ({ contestants, key }: Contest, path: string) => {
  const answers = await Promise.all(
    contestants.map(async ({ name, url }) => {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } })
      return { name, text: `${answer.status} ${await answer.text()}` }
    }),
  )
  const odd = answers.find(({ text }) => text !== answers[0]!.text || !text.startsWith("200 {"))
  if (odd !== undefined) throw new Error(`${odd.name} answers ${path} with ${odd.text}`)
}

export interface Load {
  readonly path: string
  readonly connections: number
  readonly seconds: number
}

export const run = async (
  { pid, url }: Contestant,
  key: string,
  { connections, path, seconds }: Load,
): Promise<Run> => {
  const before = cpuMicros(pid)
  const asked = [url + path, key, connections, seconds].map(String)
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...program(import.meta.dirname, "load"),
    ...asked,
  ])
  const { answered, seconds: took } = JSON.parse(stdout) as { answered: number; seconds: number }
  return {
    requestsPerSecond: answered / took,
    microsPerRequest: (cpuMicros(pid) - before) / answered,
  }
}

/** Linux counts in hundredths of a second, for user and system. */
const cpuMicros = (pid: number) => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return Number.NaN
  }
}
