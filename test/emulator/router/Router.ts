import { type BinaryNode, child, el, seconds, SERVER } from "../wire/Nodes.ts"
import { isRefusal } from "../world/Notice.ts"
import { Refusal, unsupported } from "../world/Refusal.ts"
import {
  about,
  acknowledge,
  blocklist,
  business,
  devices,
  graphql,
  passive,
  privacy,
  properties,
} from "./Account.ts"
import type { Connection } from "./Connection.ts"
import { encrypt } from "./Encrypt.ts"
import type { FaultEffect } from "./Faults.ts"
import { groups } from "./Groups.ts"
import { kick } from "./Kicks.ts"
import { messageAck, relayMessage } from "./Messages.ts"
import { picture } from "./Picture.ts"
import { relayReceipt, takeAck } from "./Receipts.ts"
import type { Answer, Route } from "./Request.ts"
import type { Server } from "./Server.ts"
import { syncedSettings } from "./SyncedSettings.ts"
import { usync } from "./Usync.ts"

/** Every request the emulator understands. Adding one is one route and one line here. */
const routes: Record<string, Route> = {
  abt: properties,
  blocklist,
  disappearing_mode: acknowledge,
  encrypt,
  md: devices,
  passive,
  privacy,
  status: about,
  "urn:xmpp:whatsapp:dirty": acknowledge,
  usync,
  "w:biz": business,
  "w:g2": groups,
  "w:mex": graphql,
  "w:p": acknowledge,
  "w:profile:picture": picture,
  "w:stats": acknowledge,
  "w:sync:app:state": syncedSettings,
}

/** Stanzas that ask for nothing. */
const REMARKS = new Set(["presence", "chatstate", "ib", "call"])

/** Handles one stanza of a connection, or lets a fault have it. */
export const route = async (server: Server, connection: Connection, node: BinaryNode) => {
  const { companion } = connection
  server.record(server.received, { companion, node, at: Date.now() })
  const fault = server.faults.take(node, companion)
  if (fault) return suffer(server, connection, node, fault)
  await dispatch(server, connection, node)
}

type Send = (node: BinaryNode) => void

/** A delayed stanza does not hold up the ones behind it. */
const suffer = async (
  server: Server,
  connection: Connection,
  node: BinaryNode,
  { code, text = "", attrs, mute, kick: kind, delayMs, garbage }: FaultEffect,
) => {
  const { companion, wire } = connection
  if (delayMs !== undefined) {
    return server.later(delayMs, () => dispatch(server, connection, node))
  }
  if (mute) await dispatch(server, connection, node, () => undefined)
  if (kind && companion) return kick(server, companion, kind)
  if (mute) return
  if (garbage) return wire.sendGarbage()
  if (code !== undefined) connection.send(refused(node, new Refusal(code, text, attrs)))
}

const refused = (node: BinaryNode, refusal: Refusal) =>
  node.tag === "message" ? messageAck(node, String(refusal.code)) : errorFor(node, refusal)

const dispatch = async (
  server: Server,
  connection: Connection,
  node: BinaryNode,
  send: Send = (answer) => void connection.send(answer),
) => {
  const { companion } = connection
  if (node.tag === "iq") return request(server, connection, node, send)
  if (!companion || REMARKS.has(node.tag)) return
  if (node.tag === "message") return relayMessage(server, companion, node, send)
  if (node.tag === "receipt") return relayReceipt(server, companion, node, send)
  if (node.tag === "ack") return takeAck(server, companion, node)
  server.record(server.unsupported, node)
}

const request = async (server: Server, connection: Connection, node: BinaryNode, send: Send) => {
  const { type } = node.attrs
  if (type === "result" || type === "error") return void connection.answer(node)
  const afterwards: Array<() => void | Promise<void>> = []
  const after = (work: () => void | Promise<void>) => void afterwards.push(work)
  const answer = await respond(server, connection, node, after)
  if (answer === unsupported) server.record(server.unsupported, node)
  send(isRefusal(answer) ? errorFor(node, answer) : resultFor(node, answer))
  for (const work of afterwards) await work()
}

const respond = async (
  server: Server,
  connection: Connection,
  node: BinaryNode,
  after: (work: () => void | Promise<void>) => void,
): Promise<Answer> => {
  const operation = child(node) ?? el("nothing")
  if (operation.tag === "link_code_companion_reg") {
    const reply = server.linking.requestByCode(connection, operation)
    if (isRefusal(reply)) return reply
    if (reply.after) after(reply.after)
    return reply.answer
  }
  const { companion } = connection
  const found = routes[node.attrs["xmlns"] ?? ""]
  if (!companion || !found) return unsupported
  const type = node.attrs["type"] ?? ""
  const { person } = companion
  return attempt(server, () =>
    found({ server, connection, companion, person, node, type, operation, after }),
  )
}

/** A defect of the emulator is answered like a defect of the real service, and remembered. */
const attempt = async (server: Server, work: () => Answer | Promise<Answer>): Promise<Answer> => {
  try {
    return await work()
  } catch (failure) {
    server.record(server.failures, failure)
    return new Refusal(500, "internal-server-error")
  }
}

const from = ({ attrs }: BinaryNode) => attrs["to"] ?? SERVER

const resultFor = (node: BinaryNode, content: ReadonlyArray<BinaryNode>) => {
  const attrs = { type: "result", id: node.attrs["id"] ?? "", from: from(node), t: seconds() }
  return el("iq", attrs, [...content])
}

const errorFor = (node: BinaryNode, { code, text, attrs }: Refusal) =>
  el("iq", { type: "error", id: node.attrs["id"] ?? "", from: from(node) }, [
    el("error", { code: String(code), text, ...attrs }),
  ])
