import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { asCaller } from "../../src/http/Caller.ts"
import { prefersOutcome } from "../../src/http/Prefer.ts"
import { storedReads } from "../../src/http/StoredRead.ts"
import { pluginApi } from "../../src/Plugin.ts"
import { GroupsApi } from "./Api.ts"
import { Groups } from "./Groups.ts"
import { type Creation, NewGroups } from "./NewGroups.ts"

export const GroupsHttp = HttpApiBuilder.group(pluginApi(GroupsApi), "groups", (handlers) =>
  Effect.gen(function* () {
    const groups = yield* Groups
    const newGroups = yield* NewGroups

    return storedReads(handlers)
      .handle("createGroup", ({ headers, path, payload }) =>
        asCaller((caller) =>
          Effect.map(
            newGroups.create(caller, path.session, payload, headers["idempotency-key"]),
            prefersOutcome(headers) ? withVerdicts : withoutVerdicts,
          ),
        ),
      )
      .handle("updateGroup", ({ path, payload }) =>
        asCaller((caller) => groups.update(caller, path.session, path.gid, payload)),
      )
      .handle("updateGroupSettings", ({ path, payload }) =>
        asCaller((caller) => groups.updateSettings(caller, path.session, path.gid, payload)),
      )
      .handle("leaveGroup", ({ path }) =>
        asCaller((caller) => groups.leave(caller, path.session, path.gid)),
      )
  }),
)

const withVerdicts = ({ group, verdicts }: Creation) =>
  verdicts === undefined ? group : { ...group, verdicts }

const withoutVerdicts = ({ group }: Creation) => group
