import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { asCaller } from "../../../src/http/Caller.ts"
import { pluginApi } from "../../../src/Plugin.ts"
import { PicturesApi } from "./Api.ts"
import { Pictures } from "./Pictures.ts"

export const PicturesHttp = HttpApiBuilder.group(
  pluginApi(PicturesApi),
  "groupPictures",
  (handlers) =>
    Effect.gen(function* () {
      const pictures = yield* Pictures

      return handlers
        .handle("getGroupPicture", ({ path }) =>
          asCaller((caller) => pictures.get(caller, path.session, path.gid)),
        )
        .handle("setGroupPicture", ({ path, payload }) =>
          asCaller((caller) => pictures.set(caller, path.session, path.gid, payload.image)),
        )
        .handle("removeGroupPicture", ({ path }) =>
          asCaller((caller) => pictures.remove(caller, path.session, path.gid)),
        )
    }),
)
