import { Metric } from "effect"
import { signalRepository } from "../SignalRepository.ts"
import type { BinaryNode, WASocket } from "../Vendor.ts"
import { distrustParticipants } from "./DirectAuthors.ts"
import { Renewals } from "./KeptSessions.ts"
import { hashOf, type Letter, type LetterHash } from "./Letter.ts"
import { Origins } from "./Origins.ts"
import type { MakeSignalRepository } from "./Repository.ts"
import { gateStanzas, isUnencrypted } from "./StanzaGate.ts"
import { keepWireOrder } from "./WireOrder.ts"

export interface InboxStore {
  /** The letter of that hash, if it was ever stored and its content is still there. */
  readonly find: (hash: LetterHash) => Promise<Letter | undefined>
  /** Returns once it is committed; does nothing when it is there already. */
  readonly save: (hash: LetterHash, letter: Letter) => Promise<void>
}

/** What one socket receives, stored before WhatsApp is told that it arrived. */
export interface Inbox {
  readonly makeSignalRepository: MakeSignalRepository
  /** Right after the socket was made, before anything arrives. */
  readonly attach: (library: WASocket) => void
  /** How many stanzas have come that nothing was done about yet. */
  readonly waiting: () => number
}

const orphans = Metric.counter("baileys_inbox_orphans", {
  description: "messages of unknown origin, each of which ended its socket",
  incremental: true,
})

export interface InboxHooks {
  /** Must end the socket at once: what it receives can not be stored. */
  readonly onLost: () => void
  /** Nothing opened a message. */
  readonly onUndecryptable: () => void
}

export const makeInbox = (store: InboxStore, { onLost, onUndecryptable }: InboxHooks): Inbox => {
  const origins = new Origins()
  const renewals = new Renewals()
  const replay = async (hash: LetterHash) => {
    const letter = await store.find(hash)
    return letter?.kind === "decrypted" ? letter.plaintext : undefined
  }
  const onOrphan = () => {
    orphans.unsafeUpdate(1, [])
    onLost()
  }
  const save = (stanza: BinaryNode) => store.save(hashOfStanza(stanza), { kind: "stanza", stanza })

  let atGate = () => 0
  return {
    waiting: () => atGate() + origins.waiting,
    makeSignalRepository: signalRepository(
      { onOrphan, onUndecryptable, origins, replay },
      renewals,
      () => origins.waiting,
    ),
    attach: (library) => {
      atGate = gateStanzas(library, { mustSave: isUnencrypted, onShut: onLost, save }).waiting
      keepWireOrder(library)
      distrustParticipants(library)
      origins.follow(library)
      renewals.follow(library)
    },
  }
}

/** The same when it comes again: only then does it say that it was queued. */
const hashOfStanza = ({ attrs, ...stanza }: BinaryNode) => {
  const { offline: _, ...own } = attrs
  return hashOf(Buffer.from(JSON.stringify({ attrs: own, ...stanza })))
}
