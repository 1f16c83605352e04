import type { Person } from "../people/Person.ts"
import {
  attributes,
  type BinaryNode,
  child,
  children,
  el,
  seconds,
  SERVER,
  text,
} from "../wire/Nodes.ts"
import type { Answer, Request } from "./Request.ts"
import type { Server } from "./Server.ts"

/** Look-ups: which numbers exist, their LIDs, their devices, their about texts. */
export const usync = ({ server, operation }: Request): Answer => {
  const protocols = children(child(operation, "query")).map(({ tag }) => tag)
  const users = children(child(operation, "list")).map((user) => userNode(server, user, protocols))
  const results = protocols.map((protocol) => el(protocol))
  return [el("usync", operation.attrs, [el("result", {}, results), el("list", {}, users)])]
}

/** Nobody is answered like somebody, only with `out` and without the rest. */
const userNode = (server: Server, user: BinaryNode, protocols: ReadonlyArray<string>) => {
  const phone = text(child(user, "contact"))
  const asked = user.attrs["jid"] ?? `${phone.replace(/\D/g, "")}@${SERVER}`
  const person = server.people.find(asked)
  const jid = person && asked.endsWith(SERVER) ? person.pnJid : asked
  const facts = protocols.flatMap((protocol) => factNodes(protocol, person, phone))
  return el("user", { jid }, facts)
}

const factNodes = (
  protocol: string,
  person: Person | undefined,
  phone: string,
): Array<BinaryNode> => {
  if (protocol === "contact") return [el("contact", { type: person ? "in" : "out" }, phone)]
  if (!person) return []
  switch (protocol) {
    case "devices":
      return [devicesNode(person)]
    case "lid":
      return [el("lid", attributes({ val: person.lidJid }))]
    case "status":
      return [el("status", { t: seconds() }, Buffer.from(person.profile.about))]
    default:
      return []
  }
}

const devicesNode = (person: Person) => {
  const linked = [...person.companions.keys()].map(String)
  const devices = [
    el("device", { id: "0" }),
    ...linked.map((id) => el("device", { id, "key-index": id })),
  ]
  const list = el("device-list", { hash: "devices" }, devices)
  return el("devices", { version: "2" }, [list, el("key-index-list", { ts: seconds() })])
}
