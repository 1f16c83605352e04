import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { readPostmaster } from "../../../layers/postgres/Postmaster.ts"
import { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { GatewayProcess } from "../../support/GatewayProcess.ts"
import { withClient } from "../PrivateServer.ts"
import { forge, forged, provoke } from "./Callers.ts"
import { type Canary, textCanary } from "./Canary.ts"

export interface Life {
  readonly output: string
  readonly errorBodies: ReadonlyArray<string>
  /** Seen nowhere at all. */
  readonly secrets: ReadonlyArray<Canary>
  /** Stored, but in no line of the log that is more than a debug line, and in no error. */
  readonly phones: ReadonlyArray<Canary>
  /** What `/metrics` shows at the end. */
  readonly metrics: string
  /** Told once by the first start, as operators need it. */
  readonly firstKey: string
}

const random = () => randomBytes(24).toString("base64url").replace(/[-_]/g, "x")

/** A gateway with a linked number, messages both ways, callers who err, a defect and a crash. */
export const live = async (folder: string, nodeOptions: string, rounds: number): Promise<Life> => {
  const emulator = await Emulator.start()
  let output = ""
  const metricsToken = random()
  const start = () =>
    GatewayProcess.start({
      env: {
        DATA_DIR: folder,
        PORT: "0",
        LOG_LEVEL: "debug",
        METRICS_TOKEN: metricsToken,
        WHATSAPP_URL: emulator.url,
        WHATSAPP_ALLOW_INSECURE: "loopback",
        NODE_OPTIONS: nodeOptions,
      },
      onOutput: (text) => (output += text),
    })
  const first = await start()
  const firstKey = first.firstKey!
  let gateway = first
  try {
    const call = <A>(path: string, init: RequestInit = {}) =>
      ask<A>(gateway.url, firstKey, path, init)
    const me = emulator.addPerson({ name: "Me" })
    const you = emulator.addPerson({ name: "You" })
    const ada = emulator.addPerson({ name: `Ada\r\n${forged}` })
    const team = emulator.addGroup({ subject: `Team\r\n${forged}`, owner: me, members: [ada] })
    const { id } = await call<{ id: string }>("/sessions", { method: "POST", body: "{}" })
    const { code } = await call<{ code: string }>(`/sessions/${id}/qr`)
    await emulator.scanQr(code, me)
    const works = async () =>
      (await call<{ status: string }>(`/sessions/${id}`)).status === "working"
    await until(works)

    const pairing = await pair(call, emulator, you)
    const texts = Array.from({ length: 4 }, () => `text ${random()}`)
    await emulator.sendText(ada, me, texts[0]!)
    await emulator.sendText(ada, team, texts[1]!)
    await emulator.sendText(me, ada, texts[2]!)
    await until(async () => emulator.unsettled(me).length === 0)

    const made = await call<{ token: string }>("/api-keys", {
      method: "POST",
      body: JSON.stringify({ name: "made", capabilities: ["read"] }),
    })
    const planted = {
      key: `wa_01M7W6W2CDCM7DN778B0JE1Q4K_${random()}_000000`,
      jwt: `eyJhbGciOiJSUzI1NiJ9.${random()}${random()}.${random()}`,
      webhookSecret: `whsec_${random()}`,
      phone: me.pnJid.split("@")[0]!,
    }
    const errorBodies: Array<string> = []
    for (let round = 0; round < rounds; round += 1) {
      errorBodies.push(...(await provoke(gateway.url, firstKey, id, planted)))
      await forge(gateway.url, firstKey, id)
    }
    errorBodies.push(...(await withoutTable(folder, gateway.url, firstKey, id)))

    await gateway.end("SIGKILL")
    gateway = await start()
    await until(works)
    await emulator.sendText(ada, me, texts[3]!)
    await until(async () => emulator.unsettled(me).length === 0)
    const metrics = await fetch(`${gateway.url}/metrics`, {
      headers: { authorization: `Bearer ${metricsToken}` },
    }).then((answer) => answer.text())
    return {
      output,
      metrics,
      errorBodies,
      firstKey,
      phones: [me, you, ada].map(({ pnJid }) => textCanary("phone", pnJid.split("@")[0]!)),
      secrets: [
        ...texts.map((text) => textCanary("message text", text)),
        textCanary("qr code", code),
        textCanary("pairing code", pairing),
        textCanary("pairing code", pairing.replace("-", "")),
        textCanary("metrics token", metricsToken),
        textCanary("api key", made.token),
        textCanary("api key", planted.key),
        textCanary("login token", planted.jwt),
        textCanary("webhook secret", planted.webhookSecret),
      ],
    }
  } finally {
    await gateway.end()
    await emulator.stop()
  }
}

type Call = <A>(path: string, init?: RequestInit) => Promise<A>

/** Links another number by a code that is typed on its phone, and answers the code. */
const pair = async (call: Call, emulator: Emulator, you: Person) => {
  const draft = JSON.stringify({ start: false })
  const { id } = await call<{ id: string }>("/sessions", { method: "POST", body: draft })
  const { code } = await call<{ code: string }>(`/sessions/${id}/pairing-code`, {
    method: "POST",
    body: JSON.stringify({ phone: you.pn }),
  })
  await emulator.enterPairingCode(you, code.replace("-", ""))
  await until(async () => (await call<{ status: string }>(`/sessions/${id}`)).status === "working")
  return code
}

/** What callers are told when a table is not there: a defect like any other. */
const withoutTable = (folder: string, url: string, key: string, session: string) => {
  const { socketFolder } = readPostmaster(join(folder, "server"))!
  const address = `postgresql://gateway@localhost/postgres?host=${encodeURIComponent(socketFolder)}`
  return withClient(address, async (owner) => {
    await owner.query("ALTER TABLE groups RENAME TO groups_away")
    const answer = await fetch(`${url}/api/v1/sessions/${session}/groups`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const text = await answer.text()
    await owner.query("ALTER TABLE groups_away RENAME TO groups")
    return answer.status === 500 ? [text] : [text, `no defect but ${answer.status}`]
  })
}

const ask = async <A>(url: string, key: string, path: string, init: RequestInit): Promise<A> => {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" }
  const answer = await fetch(`${url}/api/v1${path}`, { ...init, headers })
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
  return (await answer.json()) as A
}

const until = async (isSo: () => Promise<boolean>) => {
  for (const deadline = Date.now() + 30_000; !(await isSo()); await sleep(20))
    if (Date.now() > deadline) throw new Error("it was not so within 30 seconds")
}
