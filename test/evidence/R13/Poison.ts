import { randomBytes } from "node:crypto"
import type { Person } from "../../emulator/people/Person.ts"

/** A stanza from a stranger that nothing opens. */
export const poison = (from: Person) => ({
  tag: "message",
  attrs: {
    id: randomBytes(10).toString("hex").toUpperCase(),
    from: from.pnJid,
    sender_lid: from.lidJid,
    type: "text",
    t: String(Math.floor(Date.now() / 1000)),
  },
  content: [{ tag: "enc", attrs: { v: "2", type: "msg" }, content: randomBytes(120) }],
})
