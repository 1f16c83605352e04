import { personJid } from "../../../src/domain/Jid.ts"
import type { BinaryNode, WASocket } from "../Vendor.ts"

/**
 * Outside of groups, whoever a message comes from has written it. The library would rather believe a
 * participant, and remember that one's address as the sender's other one.
 */
export const distrustParticipants = ({ ws }: WASocket) => {
  ws.prependListener("CB:message", ({ attrs }: BinaryNode) => {
    if (personJid(attrs["from"] ?? "") !== undefined) delete attrs["participant"]
  })
}
