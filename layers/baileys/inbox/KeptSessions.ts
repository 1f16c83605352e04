import type { BinaryNode, WASocket } from "../Vendor.ts"
import { sessionAddress, type SignalRepository, type TransactionalKeys } from "./Repository.ts"

type Bundle = Parameters<SignalRepository["injectE2ESession"]>[0]["session"]

/** What libsignal keeps per device, as far as it tells whose it is. */
interface SessionRecord {
  readonly _sessions: Readonly<Record<string, KeptSession>>
}

interface KeptSession {
  readonly registrationId: number
  readonly indexInfo: { readonly closed: number; readonly remoteIdentityKey: string }
}

/** As many strangers may ask without being answered. */
const most = 1_000

/** Who can not read what they were sent, and has asked for it again: their session is of no use. */
export class Renewals {
  readonly #asked = new Set<string>()

  follow({ ws }: WASocket) {
    ws.prependListener("CB:receipt", ({ attrs }: BinaryNode) => {
      if (attrs["type"] === "retry") this.note(attrs["participant"] ?? attrs["from"] ?? "")
    })
  }

  note(jid: string) {
    this.#asked.delete(jid)
    this.#asked.add(jid)
    const [oldest] = this.#asked
    if (this.#asked.size > most) this.#asked.delete(oldest!)
  }

  /** Whether whoever has that address has asked since it was taken last. */
  async take(repository: SignalRepository, address: string): Promise<boolean> {
    for (const jid of this.#asked)
      if ((await sessionAddress(repository, jid)) === address) return this.#asked.delete(jid)
    return false
  }
}

/**
 * The library starts a session anew with everybody it has not written to for five minutes, since it
 * then looks up their devices. libsignal keeps forty of them: after as many, what is still under way
 * under an older one never opens. A session that stands is kept, unless the device is another one
 * now or has asked for one.
 */
export const keepSessions = (
  repository: SignalRepository,
  keys: TransactionalKeys,
  renewals: Pick<Renewals, "take">,
) => {
  const { injectE2ESession } = repository
  repository.injectE2ESession = async ({ jid, session }) => {
    const address = await sessionAddress(repository, jid)
    const { [address]: record } = await keys.get("session", [address])
    const isKept = stands(record as unknown as SessionRecord | undefined, session)
    if (isKept && !(await renewals.take(repository, address))) return
    await injectE2ESession({ jid, session })
  }
}

const stands = (record: SessionRecord | undefined, { identityKey, registrationId }: Bundle) => {
  const identity = Buffer.from(identityKey).toString("base64")
  return Object.values(record?._sessions ?? {}).some(
    (session) =>
      session.indexInfo.closed === -1 &&
      session.indexInfo.remoteIdentityKey === identity &&
      session.registrationId === registrationId,
  )
}
