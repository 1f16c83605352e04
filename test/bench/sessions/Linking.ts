import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import { type Emulated, withStrangers } from "./Fleets.ts"
import { Meter } from "./Meter.ts"

/** How many MB more than idle a gateway holds at most while it links numbers one after the other. */
export const linkingPeak = async (folder: string, numbers: number): Promise<number> => {
  const dataDir = join(folder, "linking")
  mkdirSync(dataDir, { mode: 0o755 })
  return withStrangers(numbers, async (whatsapp) => {
    const gateway = await GatewayProcess.start({
      env: {
        DATA_DIR: dataDir,
        PORT: "0",
        WHATSAPP_URL: whatsapp.url,
        WHATSAPP_ALLOW_INSECURE: "loopback",
      },
    })
    try {
      const meter = new Meter(gateway.pid)
      await setTimeout(5_000)
      const { megabytes } = await meter.watch(3_000)
      meter.forgetPeak()
      for (const person of whatsapp.people) await link(gateway, whatsapp, person)
      return meter.megabytes("VmHWM") - megabytes
    } finally {
      await gateway.end()
    }
  })
}

const link = async (gateway: GatewayProcess, { control }: Emulated, person: string) => {
  const api = `${gateway.url}/api/v1/sessions`
  const key = { authorization: `Bearer ${gateway.firstKey}` }
  const json = { "content-type": "application/json" }
  const { id } = await answered<{ id: string }>(
    fetch(api, { method: "POST", headers: { ...key, ...json }, body: "{}" }),
  )
  const { code } = await answered<{ code: string }>(fetch(`${api}/${id}/qr`, { headers: key }))
  await answered(
    fetch(`${control}/scan`, { method: "POST", body: JSON.stringify({ qr: code, person }) }),
  )
  for (const deadline = Date.now() + 60_000; ; await setTimeout(50)) {
    const session = fetch(`${api}/${id}`, { headers: key })
    const { status } = await answered<{ status: string }>(session)
    if (status === "working") return
    if (Date.now() > deadline) throw new Error(`a number that was scanned is ${status}`)
  }
}

const answered = async <A>(response: Promise<Response>): Promise<A> => {
  const answer = await response
  if (!answer.ok) throw new Error(`${answer.url}: ${await answer.text()}`)
  return (await answer.json()) as A
}
