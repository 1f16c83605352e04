import type { Environment, Problem } from "./Problem.ts"
import { table } from "./Table.ts"

const prefixes = ["AUTH_", "GATEWAY_", "WHATSAPP_", "DATABASE_"]
const names = Object.values(table).map(({ name }) => name)

/** Variables that look like ours and are none: a misspelt setting must not pass for its default. */
export const typos = (env: Environment): ReadonlyArray<Problem> =>
  Object.keys(env)
    .filter((name) => !names.includes(name) && (isOurs(name) || isNearMiss(name)))
    .filter((name) => !isServiceLink(name, env[name] ?? ""))
    .sort()
    .map((name) => ({ name, expected: `no such setting; did you mean ${nearest(name)}?` }))

const isOurs = (name: string) => prefixes.some((prefix) => name.startsWith(prefix))

// Common names of others, one letter away from ours.
const ofOthers = new Set(["LOGLEVEL", "DATADIR"])

/** Names of one word, as HOST, are too near to those of others; from two words on a slip is a slip. */
const isNearMiss = (name: string) =>
  !ofOthers.has(name) &&
  names
    .filter((own) => own.includes("_"))
    .some((own) => distance(name, own) <= slips(own) || isCutShort(name, own))

const slips = (own: string) => (own.length > 8 ? 2 : 1)

/** REQUEST_TIMEOUT for REQUEST_TIMEOUT_SECONDS. */
const isCutShort = (name: string, own: string) => name.includes("_") && own.startsWith(`${name}_`)

// Kubernetes sets these in every pod for a service that happens to be called "gateway" or "auth".
const isServiceLink = (name: string, value: string) =>
  /_SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?$/.test(name) ||
  /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value))

const nearest = (name: string): string =>
  names.reduce((best, next) => (distance(name, next) < distance(name, best) ? next : best))

/** How many letters must be added, dropped or replaced to turn one name into the other. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [done, letter] of [...from].entries()) {
    const next = [done + 1]
    for (const [index, other] of [...to].entries()) {
      const replaced = row[index]! + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, row[index + 1]! + 1, next[index]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
