import type { Queue } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import type { QrCode } from "../../src/ports/Sessions.ts"
import type { Connection } from "./Connector.ts"
import type { Lease, PairingRequest } from "./Leases.ts"

/** A session that this process runs, as others may see it. */
export interface RunningSession {
  readonly organization: OrganizationId
  readonly session: SessionId
  readonly lease: Lease
  /** Of the order it runs by. */
  readonly revision: number
  /** The code to scan now, while it waits for a scan. */
  code: QrCode | undefined
  /** Who wants a code to type; each is answered once, in the session's row. */
  readonly pairings: Queue.Queue<PairingRequest>
  /** While there is one. */
  connection: Connection | undefined
  /** The last request that was passed on. */
  asked: string | undefined
  /** The last backfill that was begun. */
  backfilling: string | undefined
}
