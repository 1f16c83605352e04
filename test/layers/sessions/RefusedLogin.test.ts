import { layer } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { Connector } from "../../../layers/sessions/Connector.ts"
import { SessionRuntime } from "../../../layers/sessions/SessionRuntime.ts"
import type { ClosedReason, SessionStatus } from "../../../src/domain/Session.ts"
import * as Database from "../../support/Database.ts"
import { eventually, linked, stage, standing } from "./Stage.ts"

interface Refused {
  readonly code: number
  readonly attrs?: Record<string, string>
  readonly reason: ClosedReason
  readonly message: string
  readonly status?: SessionStatus
  /** Milliseconds from the refusal to the next attempt. */
  readonly after?: number
  readonly isPaired?: boolean
}

const hour = 3_600_000

const refusals: ReadonlyArray<Refused> = [
  { code: 400, reason: "refused", message: "whatsapp refuses to let this device log in" },
  {
    code: 401,
    reason: "logged_out",
    message: "the account has removed this device",
    status: "logged_out",
    isPaired: false,
  },
  {
    code: 402,
    attrs: { code: "101", expire: "3600" },
    reason: "suspended",
    message: "whatsapp has suspended the account for a while",
    after: hour,
  },
  {
    code: 402,
    reason: "suspended",
    message: "whatsapp has suspended the account for a while",
    after: 24 * hour,
  },
  { code: 403, reason: "locked", message: "whatsapp has locked the account" },
  {
    code: 405,
    reason: "outdated",
    message: "whatsapp refuses the client version of this gateway",
  },
  { code: 406, reason: "banned", message: "whatsapp has banned the account" },
  { code: 409, reason: "refused", message: "whatsapp refuses to let this device log in" },
]

layer(Database.layer, { excludeTestServices: true })("a login that WhatsApp refuses", (it) => {
  for (const refused of refusals) {
    const { after, attrs, code, isPaired = true, message, reason, status = "failed" } = refused
    it.scoped(`with ${code} ${JSON.stringify(attrs ?? {})} leaves the session ${reason}`, () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          const id = yield* linked(org, whatsapp, me)
          whatsapp.refuseLogin(me, code, attrs === undefined ? {} : { attrs })
          whatsapp.kick(me, "drop")
          const { runtime } = yield* standing(org, id, status)
          const { advice, at = 0, ...error } = runtime?.lastError ?? {}
          deepStrictEqual(error, { reason, code, message })
          strictEqual(typeof advice, "string")
          const next = runtime?.nextAttemptAt ?? null
          strictEqual(next === null ? undefined : next - at, after)
          strictEqual(yield* (yield* Connector).isPaired(org, id), isPaired)
          const { find } = yield* SessionRuntime
          yield* eventually(
            Effect.sync(() => find(id)),
            (running) => running === undefined,
          )
        }).pipe(Effect.provide(gateway))
      }),
    )
  }
})
