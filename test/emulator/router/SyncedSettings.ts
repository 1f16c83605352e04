import type { ChatMutation, WAPatchName } from "@whiskeysockets/baileys"
import type { Companion } from "../people/Companion.ts"
import type { Person } from "../people/Person.ts"
import { type BinaryNode, bytes, child, children, el } from "../wire/Nodes.ts"
import type { Answer, Request } from "./Request.ts"
import type { Server } from "./Server.ts"

/** App state: takes a device's patches, and hands out those it has not seen. */
export const syncedSettings = async (request: Request): Promise<Answer> => {
  const collections: Array<BinaryNode> = []
  for (const collection of children(child(request.node, "sync"), "collection")) {
    collections.push(await sync(request, collection))
  }
  return [el("sync", {}, collections)]
}

/** Tells an account's devices that a collection has moved on. */
export const announceCollection = (
  server: Server,
  person: Person,
  name: WAPatchName,
  except?: Companion,
) => {
  const version = String(person.appState.version(name))
  server.notifyAccount(person, "server_sync", el("collection", { name, version }), except)
}

const sync = async (request: Request, collection: BinaryNode): Promise<BinaryNode> => {
  const { server, person, companion, after } = request
  const name = collection.attrs["name"] as WAPatchName
  const offered = children(collection, "patch")
  for (const patch of offered) {
    for (const change of await person.appState.accept(name, bytes(patch))) apply(person, change)
  }
  if (offered.length > 0) after(() => announceCollection(server, person, name, companion))
  const seen = Number(collection.attrs["version"] ?? 0)
  const missed = offered.length > 0 ? [] : person.appState.patchesAfter(name, seen)
  const attrs = { name, version: String(person.appState.version(name)), has_more_patches: "false" }
  return el("collection", attrs, [
    el(
      "patches",
      {},
      missed.map((patch) => el("patch", {}, patch)),
    ),
  ])
}

const apply = (person: Person, { index, syncAction }: ChatMutation) => {
  const name = syncAction.value?.pushNameSetting?.name
  if (index[0] === "setting_pushName" && name) person.profile.name = name
}
