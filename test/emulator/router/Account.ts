import { attributes, child, children, el, SERVER, text } from "../wire/Nodes.ts"
import { isRefusal } from "../world/Notice.ts"
import { setBlocked, setPrivacy } from "../world/Relations.ts"
import { unsupported } from "../world/Refusal.ts"
import { kick } from "./Kicks.ts"
import { activate } from "./Login.ts"
import type { Answer, Request } from "./Request.ts"

/** Requests that only have to be acknowledged. */
export const acknowledge = (): Answer => []

export const passive = ({ server, connection, operation, after }: Request): Answer => {
  if (operation.tag === "active") after(() => activate(server, connection))
  return []
}

export const properties = (): Answer => {
  const prop = el("prop", { config_code: "10518", config_value: "0" })
  return [el("props", { protocol: "1", hash: "emulator", refresh: "86400" }, [prop])]
}

export const about = ({ person, operation }: Request): Answer => {
  person.profile.about = text(operation)
  return []
}

export const privacy = ({ server, person, type, operation }: Request): Answer => {
  if (operation.tag === "tokens") return [el("tokens")]
  if (type === "set") {
    for (const { attrs } of children(operation)) {
      const outcome = setPrivacy(server.world, person.id, attrs["name"] ?? "", attrs["value"] ?? "")
      if (isRefusal(outcome)) return outcome
    }
    return [operation]
  }
  const categories = Object.entries(person.profile.privacy)
  return [
    el(
      "privacy",
      {},
      categories.map(([name, value]) => el("category", { name, value })),
    ),
  ]
}

export const blocklist = ({ server, person, type, operation, after }: Request): Answer => {
  if (type === "set") {
    const { jid = "", action = "" } = operation.attrs
    const other = server.people.find(jid)
    const outcome = setBlocked(server.world, person.id, other?.id, action === "block")
    if (isRefusal(outcome)) return outcome
    if (other) after(() => announceBlock(server, person, other, action))
  }
  const blocked = [...person.profile.blocked].map((id) => server.people.get(id))
  const items = blocked.map(({ lidJid, pnJid }) => el("item", { jid: lidJid, pn_jid: pnJid }))
  return [el("list", { dhash: server.world.ids.token(), addressing_mode: "lid" }, items)]
}

export const announceBlock = (
  server: Request["server"],
  owner: Request["person"],
  other: Request["person"],
  action: string,
) => {
  const item = el("item", { jid: other.lidJid, action })
  const list = el("blocklist", { dhash: server.world.ids.token() }, [item])
  server.notifyAccount(owner, "account_sync", list)
}

/** Only logging out reaches this: linking happens before a device is logged in. */
export const devices = ({ server, companion, operation, after }: Request): Answer => {
  if (operation.tag !== "remove-companion-device") return unsupported
  after(() => kick(server, companion, "removed"))
  return []
}

const REACHOUT_TIMELOCK = "23983697327930364"

/** GraphQL: the one question asked after every login, and "not found" for everything else. */
export const graphql = ({ operation }: Request): Answer => {
  const answer =
    operation.attrs["query_id"] === REACHOUT_TIMELOCK
      ? { data: { xwa2_fetch_account_reachout_timelock: { is_active: false } } }
      : { errors: [{ message: "Not found", extensions: { error_code: 404 } }] }
  return [el("result", {}, Buffer.from(JSON.stringify(answer)))]
}

/** A plain account: no business profile. */
export const business = ({ operation }: Request): Answer => {
  if (operation.tag !== "business_profile") return unsupported
  const jid = child(operation)?.attrs["jid"]
  return [el("business_profile", attributes({ jid: jid ?? SERVER }))]
}
