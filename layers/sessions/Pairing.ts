import { Schema } from "effect"
import { SessionStatus } from "../../src/domain/Session.ts"
import { QrCode } from "../../src/ports/Sessions.ts"

/** What became of the wish to link by a code typed into the phone. */
export const PairingAnswer = Schema.Union(
  Schema.Struct({ _tag: Schema.Literal("Code"), ...QrCode.fields }),
  Schema.Struct({ _tag: Schema.Literal("Refused"), code: Schema.Int, text: Schema.String }),
  Schema.Struct({ _tag: Schema.Literal("Limited"), retryAfterSeconds: Schema.Int }),
  Schema.Struct({ _tag: Schema.Literal("Silent") }),
)
export type PairingAnswer = typeof PairingAnswer.Type

/** What there is to link a session by, whichever process has come by it; its codes are sealed. */
export const Pairing = Schema.Struct({
  status: SessionStatus,
  qr: Schema.NullOr(QrCode),
  pairing: Schema.NullOr(
    Schema.Struct({
      id: Schema.String,
      phone: Schema.String,
      askedAt: Schema.Int,
      answer: Schema.optional(PairingAnswer),
    }),
  ),
})
export type Pairing = typeof Pairing.Type
