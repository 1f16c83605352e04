import type { Companion } from "../people/Companion.ts"
import type { Bundle, PublicPreKey, SignedPreKey } from "../people/SignalEndpoint.ts"
import {
  bigEndian,
  type BinaryNode,
  bytes,
  child,
  children,
  el,
  number,
  seconds,
} from "../wire/Nodes.ts"
import { notFound, unsupported } from "../world/Refusal.ts"
import type { Answer, Request } from "./Request.ts"
import type { Server } from "./Server.ts"

const KEY_TYPE = Buffer.from([5])

/** Pre-keys: how many are left, taking new ones, and handing out bundles. */
export const encrypt = (request: Request): Answer | Promise<Answer> => {
  const { companion, node, type, operation } = request
  if (type === "set") return store(companion, node)
  switch (operation.tag) {
    case "count":
      return [el("count", { value: String(companion.preKeys.size) })]
    case "digest":
      return digest(companion)
    case "key":
      return bundles(request)
    default:
      return unsupported
  }
}

const store = (companion: Companion, node: BinaryNode): Answer => {
  const signed = child(node, "skey") ?? child(child(node, "rotate"), "skey")
  if (signed) {
    companion.signedPreKey = {
      id: number(child(signed, "id")),
      key: bytes(child(signed, "value")),
      signature: bytes(child(signed, "signature")),
    }
  }
  for (const key of children(child(node, "list"))) {
    companion.preKeys.set(number(child(key, "id")), bytes(child(key, "value")))
  }
  return []
}

const digest = (companion: Companion): Answer => {
  if (companion.preKeys.size === 0) return notFound
  return [
    el("digest", {}, [
      el("registration", {}, bigEndian(companion.registrationId, 4)),
      el("type", {}, KEY_TYPE),
      el("identity", {}, companion.identity),
    ]),
  ]
}

const bundles = async ({ server, operation }: Request): Promise<Answer> => {
  const users: Array<BinaryNode> = []
  for (const user of children(operation)) {
    users.push(await bundleNode(server, user.attrs["jid"] ?? ""))
  }
  return [el("list", {}, users)]
}

const bundleNode = async (server: Server, jid: string): Promise<BinaryNode> => {
  const target = server.people.findDevice(jid)
  const companion = target?.person.companions.get(target.device)
  const bundle = target?.device === 0 ? await target.person.phone.bundle() : companion?.takeBundle()
  if (!bundle) {
    return el("user", { jid }, [el("error", { code: "404", text: "item-not-found" })])
  }
  const identity = companion ? [el("device-identity", {}, companion.deviceIdentity)] : []
  return el("user", { jid, t: seconds() }, [...keyNodes(bundle), ...identity])
}

const keyNodes = ({ registrationId, identity, signedPreKey, preKey }: Bundle) => [
  el("registration", {}, bigEndian(registrationId, 4)),
  el("type", {}, KEY_TYPE),
  el("identity", {}, identity),
  keyNode("skey", signedPreKey, [el("signature", {}, signedPreKey.signature)]),
  ...(preKey ? [keyNode("key", preKey)] : []),
]

const keyNode = (
  tag: string,
  { id, key }: PublicPreKey | SignedPreKey,
  more: Array<BinaryNode> = [],
) => el(tag, {}, [el("id", {}, bigEndian(id, 3)), el("value", {}, key), ...more])
