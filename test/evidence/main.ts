/** `npm run evidence -- ID…|all [--full] [--seed N]`: the last line is JSON, one row or all of them. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { silenceLibsignal } from "../emulator/people/Silence.ts"
import { rows } from "./index.ts"
import type { Listed, Row, Trial } from "./Row.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false }, seed: { type: "string", default: "1" } },
})
const trial: Trial = { form: values.full ? "full" : "short", seed: Number(values.seed) }
const asked = positionals.includes("all")
  ? rows
  : positionals.flatMap((name) => rows.filter(({ id }) => id === name))

/** What a control breaks may be up to chance, as under kills: it gets three seeds to be caught. */
const failing = async (control: Row["control"]) => {
  let outcome = await control(trial)
  for (const more of [1, 2]) {
    if (outcome.failures > 0) break
    outcome = await control({ ...trial, seed: trial.seed + more })
  }
  return outcome
}

const prove = async ({ id, load }: Listed) => {
  silenceLibsignal()
  const { control, promise, run } = await load()
  const started = performance.now()
  const proof = await run(trial)
  const broken = await failing(control)
  const ok = proof.failures === 0 && proof.n > 0 && broken.failures > 0
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const line = { id, n: proof.n, failures: proof.failures, control: broken.failures, ok }
  console.log(`${ok ? "holds" : "BROKEN"}  ${id.padEnd(4)} ${promise} (${seconds} s)`)
  if (proof.figures !== undefined) console.log(`        ${JSON.stringify(proof.figures)}`)
  for (const sample of proof.samples ?? []) console.log(`        ! ${sample}`)
  if (broken.failures === 0) console.log("        ! its negative control did not fail")
  return { ...line, seconds, figures: proof.figures }
}

type Proved = Awaited<ReturnType<typeof prove>>

/** In a process of its own: what a row leaves behind, or dies of, is nothing to the others. */
const proveApart = async ({ id }: Listed): Promise<Proved> => {
  const again = [...process.execArgv, process.argv[1]!, id, "--seed", String(trial.seed)]
  const child = spawn(process.execPath, trial.form === "full" ? [...again, "--full"] : again, {
    stdio: ["ignore", "pipe", "inherit"],
  })
  let proved: Proved = { id, n: 0, failures: 0, control: 0, ok: false, seconds: 0, figures: {} }
  const said: Array<string> = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith(`{"id":"${id}"`)) proved = JSON.parse(line) as Proved
    else if (!line.startsWith("evidence: ")) said.push(line)
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
  if (proved.n === 0) said.push(`BROKEN  ${id.padEnd(4)} ended without a result`)
  console.log(said.join("\n"))
  return proved
}

/** In the order asked, two at a time, and then one after the other those that have to have the machine to themselves. */
const proveAll = async () => {
  const proved = new Map<string, Proved>()
  const take = async (rows: Iterable<Listed>) => {
    for (const row of rows) proved.set(row.id, await proveApart(row))
  }
  const rest = asked.filter(({ isTimed }) => isTimed !== true).values()
  await Promise.all([take(rest), take(rest)])
  await take(asked.filter(({ isTimed }) => isTimed === true))
  return asked.map(({ id }) => proved.get(id)!)
}

if (asked.length === 0 || asked.length < positionals.length) {
  console.error(
    `Usage: npm run evidence -- ID…|all [--full] [--seed N]\nRows: ${rows.map(({ id }) => id).join(" ")}`,
  )
  process.exit(2)
}

const proved = asked.length === 1 ? [await prove(asked[0]!)] : await proveAll()
if (trial.form === "full") {
  mkdirSync("results", { recursive: true })
  const about = { ...trial, node: process.version, rows: proved }
  writeFileSync(
    `results/evidence-${asked.map(({ id }) => id).join("-")}.json`,
    JSON.stringify(about),
  )
}
const failed = proved.filter(({ ok }) => !ok).length
console.log(`evidence: ${proved.length - failed} passed, ${failed} failed`)
console.log(JSON.stringify(proved.length === 1 ? proved[0] : proved))
process.exit(failed === 0 ? 0 : 1)
