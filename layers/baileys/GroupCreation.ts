import { Effect } from "effect"
import type { PersonJid } from "../../src/domain/Jid.ts"
import { unreadable } from "./Call.ts"
import { change } from "./GroupChanges.ts"
import { metadataIn } from "./GroupQueries.ts"
import { groupSeen } from "./GroupSighting.ts"
import { verdictsFor } from "./GroupVerdicts.ts"
import type { Socket } from "./Socket.ts"
import {
  type BinaryNode,
  generateMessageIDV2,
  getBinaryNodeChild,
  getBinaryNodeChildren,
} from "./Vendor.ts"

/**
 * Makes a group. WhatsApp lists those who could not be added among the members, with an error, and
 * the library takes them for members. Of whom it says nothing there is no verdict: the group is there.
 */
export const createGroup = Effect.fn("GroupCreation.create")(function* (
  socket: Socket,
  subject: string,
  people: ReadonlyArray<PersonJid>,
) {
  const answer = yield* change(socket, "@g.us", {
    tag: "create",
    attrs: { subject, key: generateMessageIDV2() },
    content: people.map((jid) => ({ tag: "participant", attrs: { jid } })),
  })
  const group = getBinaryNodeChild(answer, "group")
  if (group === undefined) return yield* unreadable
  const seen = groupSeen(yield* metadataIn({ ...answer, content: [withoutRefused(group)] }))
  if (seen === undefined || seen.members.length === 0) return yield* unreadable
  const participants = getBinaryNodeChildren(group, "participant")
  const verdicts = verdictsFor("add", people, participants, "any")
  return { seen, verdicts: verdicts.flatMap((verdict) => verdict ?? []) }
})

const withoutRefused = (group: BinaryNode): BinaryNode => ({
  ...group,
  content: Array.isArray(group.content)
    ? group.content.filter(
        ({ attrs, tag }) => tag !== "participant" || attrs["error"] === undefined,
      )
    : [],
})
