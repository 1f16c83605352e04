import { Context } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { ClosedReason, SessionId } from "../../src/domain/Session.ts"
import type { Family } from "./Exposition.ts"

/** What one session has done since this process runs it. */
export interface Meter {
  readonly organization: OrganizationId
  received: number
  requested: number
  stored: number
  undecryptable: number
  reconnects: number
  readonly closes: Map<ClosedReason, number>
  /** How much was seen and is not stored yet. */
  waiting: () => number
}

const counts = [
  ["received", "messages that arrived"],
  ["requested", "questions asked of whatsapp, and orders given to it"],
  ["stored", "things seen on whatsapp that were stored"],
  ["undecryptable", "messages that nothing opened"],
  ["reconnects", "connections that were lost and tried again"],
] as const

/**
 * Counts by session. Not kept where all other metrics are, which keep every label they ever had: a
 * session's figures are gone when this process runs it no more.
 */
export class SessionMeters extends Context.Reference<SessionMeters>()(
  "layers/metrics/SessionMeters",
  { defaultValue: () => makeSessionMeters() },
) {}

const makeSessionMeters = () => {
  const meters = new Map<SessionId, Meter>()

  const families = (): ReadonlyArray<Family> => {
    const all = [...meters].map(([session, meter]) => ({
      labels: { organization: meter.organization, session },
      meter,
    }))
    return [
      ...counts.map(([count, help]): Family => ({
        name: `whatsapp_session_${count}_total`,
        type: "counter",
        help,
        samples: all.map(({ labels, meter }) => ({ labels, value: meter[count] })),
      })),
      {
        name: "whatsapp_session_closes_total",
        type: "counter",
        help: "connections that ended, by reason",
        samples: all.flatMap(({ labels, meter }) =>
          [...meter.closes].map(([reason, value]) => ({ labels: { ...labels, reason }, value })),
        ),
      },
      {
        name: "whatsapp_session_queue_depth",
        type: "gauge",
        help: "things seen on whatsapp that are not stored yet",
        samples: all.map(({ labels, meter }) => ({ labels, value: meter.waiting() })),
      },
    ]
  }

  return {
    /** Counts until it is closed. */
    open: (organization: OrganizationId, session: SessionId): Meter => {
      const meter = fresh(organization)
      meters.set(session, meter)
      return meter
    },
    /** Unless another one has taken its place. */
    close: (session: SessionId, meter: Meter): void => {
      if (meters.get(session) === meter) meters.delete(session)
    },
    /** Of a session that nobody has opened, one that nobody reads. */
    of: (organization: OrganizationId, session: SessionId): Meter =>
      meters.get(session) ?? fresh(organization),
    families,
  } as const
}

const fresh = (organization: OrganizationId): Meter => ({
  organization,
  received: 0,
  requested: 0,
  stored: 0,
  undecryptable: 0,
  reconnects: 0,
  closes: new Map(),
  waiting: () => 0,
})
