import { type BinaryNode, child, el, text } from "../wire/Nodes.ts"
import { revokeInvite } from "../world/Invites.ts"
import { type Participation, participate } from "../world/Membership.ts"
import type { Outcome } from "../world/Notice.ts"
import { unsupported } from "../world/Refusal.ts"
import { answerRequests } from "../world/Requests.ts"
import {
  announce,
  describe,
  lock,
  rename,
  setApproval,
  setEphemeral,
  setMemberAddMode,
} from "../world/Settings.ts"
import { type Answer, type Request, settle } from "./Request.ts"
import { askedFor, verdictNodes } from "./Verdicts.ts"

/** A `set` on one group: a setting, its invite, or its people. */
export const changeGroup = (request: Request, jid: string): Answer => {
  const { server, person, operation } = request
  const outcome = changeSetting(request, jid)
  if (outcome) return settle(request, outcome)
  switch (operation.tag) {
    case "invite":
      return settle(request, revokeInvite(server.world, person.id, jid), (code) => [
        el("invite", { code }),
      ])
    case "add":
    case "remove":
    case "promote":
    case "demote":
      return changePeople(request, jid, operation.tag)
    case "membership_requests_action":
      return decide(request, jid)
    default:
      return unsupported
  }
}

/** `undefined` when the operation is not a setting. */
const changeSetting = (
  { server: { world }, person: { id }, operation }: Request,
  jid: string,
): Outcome | undefined => {
  const { tag } = operation
  switch (tag) {
    case "subject":
      return rename(world, id, jid, text(operation))
    case "description":
      return describe(world, id, jid, editOf(operation))
    case "announcement":
    case "not_announcement":
      return announce(world, id, jid, tag === "announcement")
    case "locked":
    case "unlocked":
      return lock(world, id, jid, tag === "locked")
    case "ephemeral":
      return setEphemeral(world, id, jid, Number(operation.attrs["expiration"]))
    case "not_ephemeral":
      return setEphemeral(world, id, jid, 0)
    case "member_add_mode":
      return setMemberAddMode(world, id, jid, text(operation))
    case "membership_approval_mode":
      return setApproval(world, id, jid, child(operation)?.attrs["state"] === "on")
    default:
      return undefined
  }
}

const editOf = (operation: BinaryNode) => {
  const { id = "", prev } = operation.attrs
  const body = operation.attrs["delete"] ? undefined : text(child(operation, "body"))
  return prev === undefined ? { id, body } : { id, body, previous: prev }
}

const changePeople = (request: Request, jid: string, kind: Participation): Answer => {
  const { server, person, operation } = request
  const asked = askedFor(request, operation)
  const ids = asked.map(({ id }) => id)
  return settle(request, participate(server.world, person.id, jid, kind, ids), (verdicts) => {
    const group = server.world.groups.get(jid)
    return group ? [el(kind, {}, verdictNodes(request, group, asked, verdicts))] : []
  })
}

const decide = (request: Request, jid: string): Answer => {
  const { server, person } = request
  const action = child(request.operation)
  if (action?.tag !== "approve" && action?.tag !== "reject") return unsupported
  const asked = askedFor(request, action)
  const ids = asked.map(({ id }) => id)
  const outcome = answerRequests(server.world, person.id, jid, action.tag, ids)
  return settle(request, outcome, (verdicts) => {
    const group = server.world.groups.get(jid)
    const nodes = group ? verdictNodes(request, group, asked, verdicts) : []
    return [el("membership_requests_action", {}, [el(action.tag, {}, nodes)])]
  })
}
