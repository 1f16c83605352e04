import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { asCaller } from "../../../src/http/Caller.ts"
import { pluginApi } from "../../../src/Plugin.ts"
import { InvitesApi } from "./Api.ts"
import { Invites } from "./Invites.ts"
import type { Joined } from "./WhatsAppInvites.ts"

export const InvitesHttp = HttpApiBuilder.group(pluginApi(InvitesApi), "groupInvites", (handlers) =>
  Effect.gen(function* () {
    const invites = yield* Invites

    return handlers
      .handle("getGroupInvite", ({ path }) =>
        asCaller((caller) => invites.get(caller, path.session, path.gid)),
      )
      .handle("revokeGroupInvite", ({ path }) =>
        asCaller((caller) => invites.revoke(caller, path.session, path.gid)),
      )
      .handle("previewGroupInvite", ({ path, urlParams }) =>
        asCaller((caller) => invites.preview(caller, path.session, urlParams.invite)),
      )
      .handle("joinGroup", ({ path, payload }) =>
        asCaller((caller) =>
          Effect.map(invites.join(caller, path.session, payload.invite), toldJoined),
        ),
      )
  }),
)

const toldJoined = ({ group, isPending }: Joined) =>
  isPending ? { groupJid: group, isPending } : { groupJid: group }
