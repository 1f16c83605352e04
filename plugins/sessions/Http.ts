import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { Principal } from "../../src/domain/Principal.ts"
import { asCaller } from "../../src/http/Caller.ts"
import { onePage } from "../../src/http/Page.ts"
import { pluginApi } from "../../src/Plugin.ts"
import { type QrCode, Sessions } from "../../src/ports/Sessions.ts"
import { SessionsApi } from "./Api.ts"
import { drawn, preferredType } from "./QrPicture.ts"

export const SessionsHttp = HttpApiBuilder.group(pluginApi(SessionsApi), "sessions", (handlers) =>
  Effect.gen(function* () {
    const sessions = yield* Sessions

    return handlers
      .handle("listSessions", () =>
        asCaller((caller) => Effect.map(sessions.list(caller), (all) => onePage(all))),
      )
      .handle("createSession", ({ payload }) =>
        Effect.flatMap(Principal, ({ organizationId, userId }) =>
          sessions.create(organizationId, { ...payload, createdByUserId: userId }),
        ),
      )
      .handle("getSession", ({ path }) => asCaller((caller) => sessions.get(caller, path.session)))
      .handle("sessionMe", ({ path }) => asCaller((caller) => sessions.me(caller, path.session)))
      .handle("updateSession", ({ path, payload }) =>
        asCaller((caller) => sessions.update(caller, path.session, payload)),
      )
      .handle("deleteSession", ({ path }) =>
        asCaller((caller) => sessions.remove(caller, path.session)),
      )
      .handle("sessionQR", ({ headers, path }) =>
        asCaller((caller) => sessions.qr(caller, path.session)).pipe(
          Effect.flatMap(as(headers.accept)),
        ),
      )
      .handle("sessionPairingCode", ({ path, payload }) =>
        asCaller((caller) =>
          sessions.pairingCode(caller, path.session, payload.phone.replace("+", "")),
        ),
      )
      .handle("startSession", ({ path }) =>
        asCaller((caller) => sessions.start(caller, path.session)),
      )
      .handle("stopSession", ({ path }) =>
        asCaller((caller) => sessions.stop(caller, path.session)),
      )
      .handle("restartSession", ({ path }) =>
        asCaller((caller) => sessions.restart(caller, path.session)),
      )
      .handle("logoutSession", ({ path }) =>
        asCaller((caller) => sessions.logout(caller, path.session)),
      )
  }),
)

const as = (accept: string | undefined) =>
  Effect.fn(function* (code: QrCode) {
    const type = preferredType(accept)
    return type === "application/json" ? code : yield* drawn(type, code)
  })
