/** `npm run bench -- NAME… [--full]`: the last line is JSON with each figure beside its baseline. */
import { parseArgs } from "node:util"
import { type Bench, judged } from "./Bench.ts"
import { benches } from "./index.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false } },
})
const asked = benches.filter(({ name }) => positionals.includes(name))

if (asked.length === 0 || asked.length < positionals.length) {
  console.error(
    `Usage: npm run bench -- NAME… [--full]\nBenchmarks: ${benches.map(({ name }) => name).join(" ")}`,
  )
  process.exit(2)
}

const measure = async ({ name, question, run }: Bench) => {
  const { figures, measures } = await run(values.full ? "full" : "short")
  const all = measures.map(judged)
  console.log(`${name}: ${question}`)
  console.table(Object.fromEntries(all.map(({ name, ...measure }) => [name, measure])))
  if (figures !== undefined) console.log(JSON.stringify(figures))
  return { name, ok: all.every(({ ok }) => ok), measures: all, ...(figures && { figures }) }
}

const reports = []
for (const bench of asked) reports.push(await measure(bench))
console.log(JSON.stringify(reports.length === 1 ? reports[0] : reports))
process.exit(reports.every(({ ok }) => ok) ? 0 : 1)
