import { setTimeout as sleep } from "node:timers/promises"
import type { Emulator } from "../emulator/Emulator.ts"
import type { GatewayProcess } from "../support/GatewayProcess.ts"

export interface LinkedSession {
  readonly id: string
  /** A group in which the session's account is an admin. */
  readonly group: string
}

/** Makes a session, scans its code with the emulated phone and waits until its groups are stored. */
export const link = async (gateway: GatewayProcess, emulator: Emulator): Promise<LinkedSession> => {
  const me = emulator.addPerson({ name: "You" })
  const ada = emulator.addPerson({ name: "Ada" })
  const grace = emulator.addPerson({ name: "Grace" })
  const team = emulator.addGroup({ subject: "Project Team", owner: me, members: [ada, grace] })
  emulator.addGroup({ subject: "Family", owner: ada, members: [me, grace] })
  await emulator.as(ada).tag(team, "Treasurer")

  const started = performance.now()
  const { id } = await call<{ id: string }>(gateway, "POST", "/sessions", { label: "demo" })
  const { code } = await call<{ code: string }>(gateway, "GET", `/sessions/${id}/qr`)
  await emulator.scanQr(code, me)
  await until(async () => {
    const { status } = await call<{ status: string }>(gateway, "GET", `/sessions/${id}`)
    const { data } = await call<{ data: ReadonlyArray<object> }>(
      gateway,
      "GET",
      `/sessions/${id}/groups`,
    )
    return status === "working" && data.length === 2
  })
  const millis = Math.round(performance.now() - started)
  console.log(`Linked a number and stored its groups in ${millis} ms.`)
  return { id, group: team.jid }
}

const call = async <A>(
  { firstKey, url }: GatewayProcess,
  method: string,
  path: string,
  body?: object,
): Promise<A> => {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${firstKey}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  return (await response.json()) as A
}

const until = async (isSo: () => Promise<boolean>) => {
  for (const deadline = Date.now() + 30_000; !(await isSo()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error("the number was not linked within 30 seconds")
  }
}
