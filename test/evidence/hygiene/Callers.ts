import { connect } from "node:net"

/** Looks like a line of the log; wherever it begins a line, somebody forged one. */
export const forged = "[00:00:00.000] ERROR (#0): FORGED"

/** What the callers send that must not come back, or into the log. */
export interface Planted {
  readonly key: string
  readonly jwt: string
  readonly webhookSecret: string
  readonly phone: string
}

/** Every error body that the gateway gave to calls gone wrong in every way we know. */
export const provoke = async (
  url: string,
  key: string,
  session: string,
  planted: Planted,
): Promise<ReadonlyArray<string>> => {
  const bodies: Array<string> = []
  const as = (token: string) => ({ authorization: `Bearer ${token}` })
  const json = { "content-type": "application/json" }
  const call = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, init)
    const text = await answer.text()
    if (!answer.ok) bodies.push(text, JSON.stringify([...answer.headers]))
  }
  const { jwt, key: wrongKey, phone, webhookSecret } = planted
  for (const token of [wrongKey, jwt, webhookSecret]) {
    await call("/sessions", { headers: as(token) })
    await call("/sessions", { headers: { "x-api-key": token } })
    await call(`/sessions?token=${token}`, { headers: as(key) })
    await call(`/sessions/${encodeURIComponent(token)}`, { headers: as(key) })
  }
  const wrong = [
    { secret: webhookSecret },
    { label: [webhookSecret, wrongKey] },
    { label: { phone, jwt } },
    { label: 1, autoRead: webhookSecret, ratePerMin: jwt },
    webhookSecret,
  ]
  const post = { method: "POST", headers: { ...as(key), ...json } }
  for (const body of wrong) await call("/sessions", { ...post, body: JSON.stringify(body) })
  await call("/sessions", { ...post, body: `{"label":"${webhookSecret}` })
  await call("/sessions", { ...post, body: `{"label":"${webhookSecret}","label":"\\u0000"}` })
  await call(`/sessions/${session}/groups/${phone}`, { headers: as(key) })
  await call(`/sessions/${session}/groups?cursor=${webhookSecret}&limit=${jwt}`, {
    headers: as(key),
  })
  await call(`/webhooks/${webhookSecret}`, { headers: as(key) })
  return bodies
}

/** Line ends, colours and NUL bytes wherever a caller can put them. */
export const forge = async (url: string, key: string, session: string) => {
  const nasty = `x\r\n${forged}\u001b[31m`
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" }
  const body = JSON.stringify({ label: nasty, start: false })
  await fetch(`${url}/api/v1/sessions`, { method: "POST", headers, body })
  for (const path of [nasty, `sessions/${nasty}`, `sessions/${session}/groups/${nasty}`]) {
    const escaped = path.split("/").map(encodeURIComponent).join("/")
    await fetch(`${url}/api/v1/${escaped}`, { headers }).then((answer) => answer.text())
  }
  for (const line of [`x-request-id: x\r${forged}`, `user-agent: \u001b[31m${forged}`])
    await raw(url, `GET /api/v1/none HTTP/1.1\r\nhost: x\r\n${line}\r\nconnection: close\r\n\r\n`)
  await raw(url, `GET /${forged} HTTP/1.1\r\nhost: x\n${forged}\r\n\r\n`)
}

const raw = (url: string, text: string) =>
  new Promise<void>((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.end(text, "latin1"))
    socket.resume().on("close", () => resolve())
    socket.on("error", () => resolve())
  })
