import { type BinaryNode, children, el } from "../wire/Nodes.ts"
import {
  acceptAddRequest,
  inspectInvite,
  inviteCode,
  join,
  revokeAddRequests,
} from "../world/Invites.ts"
import { create, leave } from "../world/Membership.ts"
import { isRefusal } from "../world/Notice.ts"
import { listRequests } from "../world/Requests.ts"
import { unsupported } from "../world/Refusal.ts"
import { changeGroup } from "./GroupChanges.ts"
import { groupNode, groupNodes, headNode, reference } from "./GroupNode.ts"
import { type Answer, type Request, settle } from "./Request.ts"
import { askedFor, verdictNodes } from "./Verdicts.ts"

/** `w:g2`: everything about groups. Addressed to one group, or to `@g.us` for questions that come before it. */
export const groups = (request: Request): Answer => {
  const { node, type } = request
  const { to = "" } = node.attrs
  if (to === "@g.us" || to === "g.us" || to === "") {
    return type === "get" ? askAround(request) : enterOrLeave(request)
  }
  return type === "get" ? ask(request, to) : change(request, to)
}

const askAround = (request: Request): Answer => {
  const { server, person, operation } = request
  switch (operation.tag) {
    case "participating": {
      const mine = server.world.groupsOf(person.id)
      const isWhole = children(operation, "participants").length > 0
      const told = isWhole ? groupNodes(server, mine) : mine.map((group) => headNode(server, group))
      return [el("groups", {}, told)]
    }
    case "query":
      return [el("groups", {}, some(request))]
    case "invite": {
      const outcome = inspectInvite(server.world, operation.attrs["code"] ?? "")
      return isRefusal(outcome) ? outcome : [groupNode(server, outcome.result)]
    }
    default:
      return unsupported
  }
}

/** Groups that were asked for by name; those that are not to be told each have the code why. */
const some = ({ server, person, operation }: Request): Array<BinaryNode> => {
  const asked = children(operation, "group").map(({ attrs }) => attrs["jid"] ?? "")
  const found = asked.map((jid) => [jid, server.world.groupFor(person.id, jid)] as const)
  const groups = found.flatMap(([, group]) => (isRefusal(group) ? [] : [group]))
  const refused = found.flatMap(([jid, group]) =>
    isRefusal(group)
      ? [el("group", { id: jid.split("@")[0] ?? "", error: String(group.code) })]
      : [],
  )
  return [...groupNodes(server, groups), ...refused]
}

const enterOrLeave = (request: Request): Answer => {
  switch (request.operation.tag) {
    case "create":
      return found(request)
    case "invite":
      return enter(request)
    case "leave":
      return [
        el(
          "leave",
          {},
          children(request.operation).map((group) => exit(request, group)),
        ),
      ]
    default:
      return unsupported
  }
}

const ask = (request: Request, jid: string): Answer => {
  const { server, person, operation } = request
  switch (operation.tag) {
    case "query": {
      const group = server.world.groupFor(person.id, jid)
      return isRefusal(group) ? group : [groupNode(server, group)]
    }
    case "invite":
      return settle(request, inviteCode(server.world, person.id, jid), (code) => [
        el("invite", { code }),
      ])
    case "membership_approval_requests":
      return requests(request, jid)
    default:
      return unsupported
  }
}

const change = (request: Request, jid: string): Answer => {
  const { server, person, operation } = request
  switch (operation.tag) {
    case "accept": {
      const code = operation.attrs["code"] ?? ""
      return settle(request, acceptAddRequest(server.world, person.id, jid, code))
    }
    case "revoke": {
      const ids = askedFor(request, operation).map(({ id }) => id)
      return settle(request, revokeAddRequests(server.world, person.id, jid, ids))
    }
    default:
      return changeGroup(request, jid)
  }
}

/** People who could not be added are listed behind the members, with their error. */
const found = (request: Request): Answer => {
  const { server, person, operation } = request
  const asked = askedFor(request, operation)
  const ids = asked.map(({ id }) => id)
  const outcome = create(server.world, person.id, operation.attrs["subject"] ?? "", ids)
  return settle(request, outcome, ({ group, verdicts }) => {
    const node = groupNode(server, group)
    const refused = verdictNodes(request, group, asked, verdicts).filter(
      ({ attrs }) => attrs["error"],
    )
    return [{ ...node, content: [...children(node), ...refused] }]
  })
}

const enter = (request: Request): Answer => {
  const { server, person, operation } = request
  const outcome = join(server.world, person.id, operation.attrs["code"] ?? "")
  return settle(request, outcome, ({ group, pending }) => [
    el(pending ? "membership_approval_request" : "group", { jid: group.jid }),
  ])
}

const exit = ({ server, person, companion, after }: Request, { attrs }: BinaryNode): BinaryNode => {
  const id = attrs["id"] ?? ""
  const outcome = leave(server.world, person.id, id.includes("@") ? id : `${id}@g.us`)
  if (isRefusal(outcome)) return el("group", { id, error: String(outcome.code) })
  after(() => server.deliver(outcome.notices, companion))
  return el("group", { id })
}

const requests = (request: Request, jid: string): Answer => {
  const { server, person } = request
  return settle(request, listRequests(server.world, person.id, jid), (open) => {
    const group = server.world.groups.get(jid)
    const nodes = open.map(([id, { at, method }]) =>
      el("membership_approval_request", {
        ...(group ? reference(group, server.people.get(id)) : {}),
        request_time: String(at),
        request_method: method,
      }),
    )
    return [el("membership_approval_requests", {}, nodes)]
  })
}
