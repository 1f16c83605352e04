import type { ChildProcess } from "node:child_process"
import type * as Pg from "pg"
import { setTimeout as sleep } from "node:timers/promises"
import { runCommand } from "../../support/RunCommand.ts"
import type { Random } from "../Random.ts"
import type { Tally } from "../Tally.ts"

export interface Rotations {
  readonly client: Pg.Client
  readonly dataDir: string
  readonly kills: number
  readonly random: Random
  /** How many records do not open, asked of a process that has just started. */
  readonly unreadable: () => Promise<number>
}

/** Rotates the master key again and again, each time killed somewhere on the way. */
export const killRotations = async (rotations: Rotations, tally: Tally) => {
  const span = await undisturbed(rotations, tally)
  let interrupted = 0
  for (let kill = 0; kill < rotations.kills; kill += 1) {
    const after = rotations.random.next() * span * 0.8
    const killed = await rotate(rotations, (child) => void killWithin(rotations, child, after))
    if (killed.code === null && (await masterKeysInUse(rotations)) > 1) interrupted += 1
    tally.tried(`killed after ${Math.round(after)} ms`, await complaints(rotations))
  }
  // Finishes what was interrupted last.
  await undisturbed(rotations, tally)
  const left = await masterKeysInUse(rotations)
  tally.tried("afterwards", left === 1 ? [] : [`${left} master keys are in use`])
  return { kills: rotations.kills, interrupted, rotationMillis: Math.round(span) }
}

/** One that nobody kills; returns how long it took. */
const undisturbed = async (rotations: Rotations, tally: Tally) => {
  let [began, ended] = [0, 0]
  const { code, err } = await rotate(rotations, async (child) => {
    await untilRotating(rotations, child)
    began = performance.now()
    while (await isRotating(rotations)) await sleep(2)
    ended = performance.now()
  })
  tally.tried("undisturbed", code === 0 ? await complaints(rotations) : [err])
  return ended - began
}

const rotate = ({ dataDir }: Rotations, meanwhile: (child: ChildProcess) => void) =>
  runCommand(["secrets", "rotate"], { env: { DATA_DIR: dataDir }, meanwhile })

const killWithin = async (rotations: Rotations, child: ChildProcess, millis: number) => {
  await untilRotating(rotations, child)
  await sleep(millis)
  child.kill("SIGKILL")
}

const untilRotating = async (rotations: Rotations, child: ChildProcess) => {
  while (child.exitCode === null && !(await isRotating(rotations))) await sleep(2)
}

/** Whoever rotates holds this lock. */
const isRotating = async ({ client }: Rotations) => {
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 720741 AND granted",
  )
  return rowCount !== 0
}

const masterKeysInUse = async ({ client }: Rotations) => {
  const { rowCount } = await client.query(
    "SELECT kek_id FROM data_keys UNION SELECT kek_id FROM gateway_keys",
  )
  return rowCount ?? 0
}

const complaints = async ({ unreadable }: Rotations) => {
  const count = await unreadable()
  return count === 0 ? [] : [`${count} records are unreadable`]
}
