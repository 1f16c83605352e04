import type { Person } from "../people/Person.ts"
import type { Delivery, Received } from "../router/Server.ts"
import { child } from "../wire/Nodes.ts"
import type { Verdict } from "../world/Membership.ts"
import { describeProfile } from "../world/Profile.ts"

export const describePerson = (person: Person) => ({
  ...describeProfile(person.profile),
  jid: person.pnJid,
  lidJid: person.lidJid,
  devices: [...person.companions.keys()],
})

export const describeVerdict = ({ person, refusal, addRequest }: Verdict) => ({
  person: person ?? null,
  code: refusal?.code ?? 200,
  ...(addRequest === undefined ? {} : { addRequest }),
})

export const describeDelivery = ({ to, from, chat, id, message, error }: Delivery) => ({
  to: to.pn,
  from: from.pn,
  chat,
  id,
  text: message?.conversation ?? message?.extendedTextMessage?.text ?? null,
  message: message ?? null,
  error: error === undefined ? null : String(error),
})

/** What the person's devices sent, and when, in epoch milliseconds. */
export const receivedFrom =
  (person: Person) =>
  ({ at, companion, node }: Received) =>
    companion?.person === person
      ? [{ at, tag: node.tag, xmlns: node.attrs["xmlns"] ?? null, child: child(node)?.tag ?? null }]
      : []
