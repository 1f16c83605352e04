import { execFile } from "node:child_process"
import { promisify } from "node:util"
import type { GatewayProcess } from "../support/GatewayProcess.ts"
import type { LinkedSession } from "./Link.ts"

/** Prints lines to type, each with the answer it gave just now. */
export const tour = async ({ firstKey, url }: GatewayProcess, { group, id }: LinkedSession) => {
  const session = `${url}/api/v1/sessions/${id}`
  const curl = (rest: string) =>
    show(`curl -s -w '\\n(%{http_code})' -H "Authorization: Bearer ${firstKey}" ${rest}`)

  await curl(`${session}`)
  await curl(`${session}/groups`)
  await curl(`${session}/groups/${group}/members`)
  await curl(
    `-X PATCH -H "Content-Type: application/json" -d '{"subject":"Q3 Launch"}' ${session}/groups/${group}`,
  )
  await curl(`${session}/groups/${group}`)
  console.log("\n# An endpoint of a plugin from elsewhere: test/demo/Acquaintances.mjs")
  await curl(`${session}/acquaintances`)
}

const shell = promisify(execFile)

const show = async (line: string) => {
  console.log(`\n$ ${line}`)
  const { stdout } = await shell("sh", ["-c", line], { timeout: 30_000 })
  console.log(stdout.trim())
}
