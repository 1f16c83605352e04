import type { proto } from "@whiskeysockets/baileys"
import type { Companion, Registration } from "../people/Companion.ts"
import { el, seconds } from "../wire/Nodes.ts"
import type { Introduction } from "../wire/Noise.ts"
import { historyMessages } from "../people/History.ts"
import type { Connection } from "./Connection.ts"
import { kick } from "./Kicks.ts"
import type { Server } from "./Server.ts"

/** Decides who has connected: a device that wants to be linked, a known companion, or nobody. */
export const introduce = (
  server: Server,
  connection: Connection,
  { payload, staticKey }: Introduction,
) => {
  if (payload.devicePairingData) {
    connection.registration = registrationOf(payload.devicePairingData, staticKey)
    return server.linking.offerRefs(connection)
  }
  const person = server.people.find(String(payload.username))
  const companion = person?.companions.get(payload.device ?? 0)
  const refusal = person && server.loginRefusals.take(person)
  if (refusal) return fail(connection, refusal.reason, refusal.attrs)
  if (!companion?.noiseKey.equals(staticKey)) return fail(connection, 401)
  welcome(server, connection, companion)
}

/** The device is up: it gets what it missed, and right after linking its keys and history. */
export const activate = async (server: Server, connection: Connection) => {
  const { companion } = connection
  if (!companion || connection.isReady) return
  connection.isReady = true
  const missed = companion.mailbox.takeAll()
  const count = String(missed.length)
  const preview = { count, message: "0", receipt: "0", notification: "0" }
  connection.send(el("ib", {}, [el("offline_preview", preview)]))
  for (const node of missed) connection.send({ ...node, attrs: { ...node.attrs, offline: "1" } })
  connection.send(el("ib", {}, [el("offline", { count })]))
  if (companion.bootstrapped) return
  companion.bootstrapped = true
  await bootstrap(server, companion)
}

const welcome = (server: Server, connection: Connection, companion: Companion) => {
  if (companion.link) kick(server, companion, "replaced")
  companion.link = connection
  connection.companion = companion
  const attrs = { t: seconds(), lid: companion.lidJid, props: "27", companion_enc_static: "" }
  connection.send(el("success", attrs))
}

const fail = (connection: Connection, reason: number, attrs: Record<string, string> = {}) => {
  connection.send(el("failure", { reason: String(reason), location: "emu", ...attrs }))
  connection.wire.close()
}

/** What a phone sends to a device it has just linked: app-state keys first, then history. */
const bootstrap = async (server: Server, companion: Companion) => {
  const { person } = companion
  const messages = [person.appState.keyShare()]
  if (server.behaviour.history) {
    const contacts = server.people.all().filter((other) => other !== person)
    const chats = [...person.chats].map(([id, messages]) => ({
      with: server.people.get(id),
      messages,
    }))
    messages.push(...historyMessages(server.world.groupsOf(person.id), chats, contacts))
  }
  for (const message of messages) {
    const id = server.world.ids.message()
    const attrs = { id, from: person.pnJid, category: "peer", type: "text" }
    await server.mail.deliver(companion, person, message, attrs)
  }
}

const registrationOf = (
  data: proto.ClientPayload.IDevicePairingRegistrationData,
  noiseKey: Buffer,
): Registration => ({
  noiseKey,
  identity: Buffer.from(data.eIdent ?? []),
  registrationId: numeric(data.eRegid),
  signedPreKey: {
    id: numeric(data.eSkeyId),
    key: Buffer.from(data.eSkeyVal ?? []),
    signature: Buffer.from(data.eSkeySig ?? []),
  },
})

const numeric = (raw: Uint8Array | null | undefined) =>
  raw && raw.length > 0 ? Buffer.from(raw).readUIntBE(0, raw.length) : 0
