import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { asCaller } from "../../../src/http/Caller.ts"
import { onePage } from "../../../src/http/Page.ts"
import { prefersOutcome } from "../../../src/http/Prefer.ts"
import { storedReads } from "../../../src/http/StoredRead.ts"
import { pluginApi } from "../../../src/Plugin.ts"
import { MembersApi } from "./Api.ts"
import type { Verdict } from "./Member.ts"
import { Members } from "./Members.ts"

export const MembersHttp = HttpApiBuilder.group(pluginApi(MembersApi), "groupMembers", (handlers) =>
  Effect.gen(function* () {
    const members = yield* Members

    return storedReads(handlers)
      .handle("addGroupMembers", ({ headers, path, payload: { participants } }) =>
        asCaller((caller) =>
          told(headers, members.add(caller, path.session, path.gid, participants)),
        ),
      )
      .handle("removeGroupMember", ({ headers, path }) =>
        asCaller((caller) =>
          told(headers, members.remove(caller, path.session, path.gid, path.jid)),
        ),
      )
      .handle("promoteGroupMember", ({ headers, path }) =>
        asCaller((caller) =>
          told(headers, members.promote(caller, path.session, path.gid, path.jid)),
        ),
      )
      .handle("demoteGroupMember", ({ headers, path }) =>
        asCaller((caller) =>
          told(headers, members.demote(caller, path.session, path.gid, path.jid)),
        ),
      )
      .handle("listGroupJoinRequests", ({ path }) =>
        asCaller((caller) =>
          Effect.map(members.requests(caller, path.session, path.gid), (all) => onePage(all)),
        ),
      )
      .handle("approveGroupMembers", ({ headers, path, payload: { participants } }) =>
        asCaller((caller) =>
          told(headers, members.approve(caller, path.session, path.gid, participants)),
        ),
      )
      .handle("rejectGroupMembers", ({ headers, path, payload: { participants } }) =>
        asCaller((caller) =>
          told(headers, members.reject(caller, path.session, path.gid, participants)),
        ),
      )
  }),
)

/** The verdicts for those who prefer to read them; otherwise that it was done is all there is to say. */
const told = <E, R>(
  headers: Parameters<typeof prefersOutcome>[0],
  acting: Effect.Effect<ReadonlyArray<Verdict>, E, R>,
) => Effect.map(acting, (data) => (prefersOutcome(headers) ? { data } : undefined))
