import { attributes, type BinaryNode, children, el } from "../wire/Nodes.ts"
import type { Group } from "../world/Group.ts"
import type { Verdict } from "../world/Membership.ts"
import type { PersonId } from "../world/Profile.ts"
import { participantNode } from "./GroupNode.ts"
import type { Request } from "./Request.ts"

/** One `<participant>` of a request: the address it was written with, and who that is, if anybody. */
export type Asked = { readonly jid: string; readonly id: PersonId | undefined }

const ADD_REQUEST_SECONDS = 3 * 24 * 60 * 60

export const askedFor = ({ server }: Request, operation: BinaryNode): Array<Asked> =>
  children(operation, "participant").map(({ attrs }) => {
    const jid = attrs["jid"] ?? ""
    return { jid, id: server.people.find(jid)?.id }
  })

/** One node per person, in the order they were asked for. */
export const verdictNodes = (
  { server }: Request,
  group: Group,
  asked: ReadonlyArray<Asked>,
  verdicts: ReadonlyArray<Verdict>,
): Array<BinaryNode> =>
  verdicts.map(({ person, refusal, addRequest }, index) => {
    const error = refusal && String(refusal.code)
    if (person === undefined) {
      return el("participant", attributes({ jid: asked[index]?.jid, error }))
    }
    const role = refusal ? undefined : group.members.get(person)?.role
    const node = participantNode(group, server.people.get(person), role, attributes({ error }))
    return addRequest === undefined ? node : { ...node, content: [addRequestNode(addRequest)] }
  })

const addRequestNode = (code: string) => {
  const expiration = Math.floor(Date.now() / 1000) + ADD_REQUEST_SECONDS
  return el("add_request", { code, expiration: String(expiration) })
}
