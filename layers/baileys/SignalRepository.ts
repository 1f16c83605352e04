import { takeTurns } from "./inbox/AddressTurns.ts"
import { mendBystanders } from "./inbox/BystanderSessions.ts"
import { detachSends } from "./inbox/DetachedSends.ts"
import { giveWay } from "./inbox/GivingWay.ts"
import { keepPlaintext, type PlaintextKeeping } from "./inbox/KeptPlaintext.ts"
import { keepSessions, type Renewals } from "./inbox/KeptSessions.ts"
import type {
  MakeSignalRepository,
  SignalRepository,
  TransactionalKeys,
} from "./inbox/Repository.ts"
import { type OwnEntries, SharedEntries } from "./SharedEntries.ts"
import { DEFAULT_CONNECTION_CONFIG } from "./Vendor.ts"

/**
 * The library's own, mended where it loses messages, and keeping all that it decrypts. `waiting` tells
 * how many messages are still to be read.
 */
export const signalRepository =
  (
    keeping: PlaintextKeeping,
    renewals: Pick<Renewals, "take">,
    waiting: () => number,
  ): MakeSignalRepository =>
  (auth, ...rest) => {
    const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, ...rest)
    // Every socket makes its keys so.
    const keys = auth.keys as TransactionalKeys
    shareMappings(repository)
    keepSessions(repository, keys, renewals)
    takeTurns(repository)
    mendBystanders(repository, keys)
    detachSends(repository, keys)
    keepPlaintext(repository, keys, keeping)
    giveWay(repository, waiting)
    return repository
  }

interface Mappings {
  mappingCache: Pick<OwnEntries<string>, "get" | "set" | "clear">
}

/** Of all sessions; what falls out is read from the store. */
export const mappings = new SharedEntries<string>({ max: 50_000 })
let repositories = 0

/**
 * Of its own each repository keeps every LID it ever saw. None sees what another has cached, not even
 * an earlier one of the same session: what is cached is taken for stored.
 */
export const shareMappings = (repository: SignalRepository) => {
  const owner = (repositories += 1)
  // The field is private, and the only way to it.
  const { lidMapping } = repository as unknown as { lidMapping: Mappings }
  lidMapping.mappingCache = mappings.of(String(owner))
}
