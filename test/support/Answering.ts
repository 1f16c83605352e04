import type { Emulator } from "../emulator/Emulator.ts"
import type { Person } from "../emulator/people/Person.ts"
import type { FaultMatch } from "../emulator/router/Faults.ts"
import type { BinaryNode } from "../emulator/wire/Nodes.ts"

/** WhatsApp answers the person's next such question with this, and may have done what was asked. */
export const answering = (
  whatsapp: Emulator,
  person: Person,
  { when, ...match }: FaultMatch,
  content: Array<BinaryNode>,
  isDone = false,
) =>
  whatsapp.fault({
    ...match,
    person,
    ...(isDone ? { mute: true } : { drop: true }),
    when: (node, companion) => {
      if (when?.(node, companion) === false) return false
      const { id = "", to = "s.whatsapp.net" } = node.attrs
      whatsapp.push(person, { tag: "iq", attrs: { type: "result", from: to, id }, content })
      return true
    },
  })
