import type * as Pg from "pg"
import { OrganizationId } from "../../../src/domain/Organization.ts"
import { SessionId } from "../../../src/domain/Session.ts"
import type { Vault } from "../crypto/Vault.ts"
import type { Tally } from "../Tally.ts"
import { type Account, organization, type Sent, type Siege } from "./Siege.ts"

interface StoredRow {
  readonly id: string
  readonly chat: string
  readonly body: Buffer
}

export interface Findings {
  lost: number
  pending: number
  wrong: number
  duplicates: number
  nacked: number
  inversions: number
  untold: number
  /** What could not be opened when it first came, and was sent again at our request. */
  askedAgain: number
}

/** Compares what WhatsApp was told to have arrived with what the database has. */
export const audit = async (siege: Siege, client: Pg.Client, vault: Vault, tally: Tally) => {
  const findings: Findings = {
    lost: 0,
    pending: 0,
    wrong: 0,
    duplicates: 0,
    nacked: 0,
    inversions: 0,
    untold: 0,
    askedAgain: 0,
  }
  for (const account of siege.accounts)
    await auditOne(siege, client, vault, tally, account, findings)
  return findings
}

const auditOne = async (
  siege: Siege,
  client: Pg.Client,
  vault: Vault,
  tally: Tally,
  { person, session }: Account,
  findings: Findings,
) => {
  const rows = await storedRows(client, session)
  const settled = byId(siege.emulator.settled(person).filter(({ tag }) => tag === "message"))
  const found = byId(rows)
  const again = new Set(
    [...person.companions.values()].flatMap(({ askedAgain }) => [...askedAgain]),
  )
  const told = await toldIds(client, session)
  const note = (kind: keyof Findings) => {
    findings[kind] += 1
    return kind
  }
  for (const { id, text, to } of siege.sent) {
    if (to !== person) continue
    if (again.has(id)) findings.askedAgain += 1
    const copies = found.get(id) ?? []
    const ways = (settled.get(id) ?? []).map(({ how }) => how)
    const complaints: Array<string> = []
    if (copies.length === 0) complaints.push(note(ways.length > 0 ? "lost" : "pending"))
    if (copies.length > 1) complaints.push(note("duplicates"))
    if (ways.some((how) => how.startsWith("nack"))) complaints.push(note("nacked"))
    if (copies[0] && (await open(vault, session, copies[0])) !== text)
      complaints.push(note("wrong"))
    if (copies.length > 0 && told.get(id) !== 1) complaints.push(note("untold"))
    tally.tried(`${text} (${ways.join(", ")})`, complaints)
  }
  const inverted = countInversions(
    siege.sent.filter(({ to }) => to === person),
    rows,
  )
  findings.inversions += inverted
  for (let nth = 0; nth < inverted; nth += 1) tally.failed("stored out of order")
}

const byId = <A extends { readonly id: string }>(all: ReadonlyArray<A>) => {
  const found = new Map<string, Array<A>>()
  for (const one of all) found.set(one.id, [...(found.get(one.id) ?? []), one])
  return found
}

const storedRows = async (client: Pg.Client, session: string) => {
  const { rows } = await client.query<StoredRow>(
    `SELECT m.wa_message_id AS id, coalesce(m.chat_jid, c.phone_jid, c.lid) AS chat, m.body
     FROM messages m LEFT JOIN contacts c ON c.contact_id = m.chat_contact_id
     WHERE m.session_id = $1 AND NOT m.from_me ORDER BY m.message_id`,
    [session],
  )
  return rows
}

/** How often the log tells of each message. */
const toldIds = async (client: Pg.Client, session: string) => {
  const { rows } = await client.query<{ id: string; count: number }>(
    `SELECT payload->>'waMessageId' AS id, count(*)::int AS count FROM events
     WHERE session_id = $1 AND event = 'message' GROUP BY 1`,
    [session],
  )
  return new Map(rows.map(({ count, id }) => [id, count]))
}

const open = async (vault: Vault, session: string, { body, id }: StoredRow) => {
  const sealed = await vault.open(
    {
      organizationId: OrganizationId.make(organization),
      sessionId: SessionId.make(session),
      type: "message",
      id,
    },
    body,
  )
  return sealed && Buffer.from(sealed).toString()
}

/** Neighbours within one chat that were sent the other way round. */
const countInversions = (sent: ReadonlyArray<Sent>, rows: ReadonlyArray<StoredRow>) => {
  const nth = new Map(sent.map(({ id }, index) => [id, index]))
  const last = new Map<string, number>()
  let inversions = 0
  for (const { chat, id } of rows) {
    const index = nth.get(id)
    if (index === undefined) continue
    if (index < (last.get(chat) ?? -1)) inversions += 1
    last.set(chat, index)
  }
  return inversions
}
