import { bytes, el } from "../wire/Nodes.ts"
import { notAllowed, notAuthorized, notFound } from "../world/Refusal.ts"
import { setPicture } from "../world/Settings.ts"
import { type Answer, type Request, settle } from "./Request.ts"

/** Pictures of groups and people. Without a target, the asker's own. */
export const picture = (request: Request): Answer => {
  const { server, person, node, type } = request
  const { target } = node.attrs
  if (type === "get") return read(request)
  if (target === undefined) return writeOwn(request)
  if (!server.world.groups.has(target)) {
    return server.people.find(target) === person ? writeOwn(request) : notAllowed
  }
  const outcome = setPicture(server.world, person.id, target, image(request).length > 0)
  return settle(request, outcome, (id) => stored(request, id))
}

const read = ({ server, person, node, operation }: Request): Answer => {
  const { target } = node.attrs
  const group = server.world.groups.get(target ?? "")
  const owner = group ? undefined : target === undefined ? person : server.people.find(target)
  if (owner && owner !== person && owner.profile.privacy.profile === "none") return notAuthorized
  const id = group ? group.picture : owner?.profile.picture
  if (id === undefined) return notFound
  const path = `/pictures/${id}.jpg`
  const kind = operation.attrs["type"] ?? "image"
  return [el("picture", { id, type: kind, url: `${server.origin}${path}`, direct_path: path })]
}

const writeOwn = (request: Request): Answer => {
  const { server, person } = request
  const id = image(request).length > 0 ? server.world.ids.picture() : undefined
  person.profile.picture = id
  return stored(request, id)
}

const stored = (request: Request, id: string | undefined) => {
  if (id === undefined) return []
  request.server.pictures.set(id, image(request))
  return [el("picture", { id })]
}

const image = ({ operation }: Request) => bytes(operation)
