import { Clock, Effect, Option } from "effect"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import { type Session, type SessionId, SessionNotFound } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import { Safes } from "../../src/ports/Safes.ts"
import { AlreadyPaired, QrNotReady } from "../../src/ports/Sessions.ts"
import { Connector } from "./Connector.ts"
import type { Pairing } from "./Pairing.ts"
import { openCode } from "./SealedCode.ts"
import { SessionRepo } from "./SessionRepo.ts"
import { SessionRuntime } from "./SessionRuntime.ts"
import { soon } from "./Soon.ts"
import { ulid } from "../Ulid.ts"

/** How long a request waits for a code that is on its way. */
const codeWait = "5 seconds"
const pairingWait = "12 seconds"

type Ask = (
  organization: OrganizationId,
  session: SessionId,
) => Effect.Effect<Session, SessionNotFound>

/** Links sessions to phones: by a code to scan, or by one to type. */
export const makeLinking = Effect.fn("Linking.make")(function* (find: Ask, start: Ask, wake: Ask) {
  const repo = yield* SessionRepo
  const runtime = yield* SessionRuntime
  const connector = yield* Connector
  const safes = yield* Safes

  const pairingOf = (organization: OrganizationId, session: SessionId) =>
    Effect.flatMap(
      repo.findPairing(organization, session),
      Option.match({ onNone: () => new SessionNotFound(), onSome: Effect.succeed }),
    )

  const refusePaired = Effect.fn(function* (organization: OrganizationId, session: SessionId) {
    yield* find(organization, session)
    if (yield* connector.isPaired(organization, session)) return yield* new AlreadyPaired()
  })

  const qr = Effect.fn("Sessions.qr")(function* (organization: OrganizationId, session: SessionId) {
    yield* refusePaired(organization, session)
    yield* wake(organization, session)
    const { qr } = yield* soon(pairingOf(organization, session), hasCode, codeWait)
    if (qr !== null && qr.expiresAt > (yield* Clock.currentTimeMillis)) {
      const safe = yield* safes.of(organization, session)
      return { ...qr, code: openCode(safe, "qr", qr.code) }
    }
    const isPaired = yield* connector.isPaired(organization, session)
    return yield* isPaired ? new AlreadyPaired() : new QrNotReady()
  })

  const pairingCode = Effect.fn("Sessions.pairingCode")(function* (
    organization: OrganizationId,
    session: SessionId,
    phone: string,
  ) {
    yield* refusePaired(organization, session)
    const id = ulid()
    const askedAt = yield* Clock.currentTimeMillis
    yield* repo.askPairing(organization, session, { id, phone, askedAt })
    yield* start(organization, session)
    yield* runtime.poke
    const isAnswered = ({ pairing }: Pairing) => pairing?.id !== id || pairing.answer !== undefined
    const { pairing } = yield* soon(pairingOf(organization, session), isAnswered, pairingWait)
    const { code, expiresAt } = yield* answerOf(pairing)
    return { code: openCode(yield* safes.of(organization, session), "pairing", code), expiresAt }
  })

  return { qr, pairingCode } as const
})

const hasCode = ({ qr, status }: Pairing) =>
  status === "working" || (status === "scan_qr_code" && qr !== null && qr.expiresAt > Date.now())

const answerOf = (pairing: Pairing["pairing"]) => {
  const answer = pairing?.answer
  switch (answer?._tag) {
    case "Code":
      return Effect.succeed({ code: answer.code, expiresAt: answer.expiresAt })
    case "Refused":
      return Effect.fail(
        new UpstreamRefused({ whatsapp: { code: answer.code, text: answer.text } }),
      )
    case "Limited":
      return Effect.fail(new UpstreamRateLimited({ retryAfterSeconds: answer.retryAfterSeconds }))
    case "Silent":
    case undefined:
      return Effect.fail(new UpstreamSilent())
  }
}
