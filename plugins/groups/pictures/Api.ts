import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { basePath, strict } from "../../../src/http/BaseApi.ts"
import { failures } from "../../../src/http/Envelope.ts"
import { needs } from "../../../src/http/Requirement.ts"
import { changeFailures, GroupPath, liveFailures, storedFailures } from "../Operation.ts"
import { GroupPicture, Image, ImageUnreadable, PictureNotFound } from "./Picture.ts"

const NewPicture = strict(Schema.Struct({ image: Image }))

/** WhatsApp makes the address only when it is asked for the picture. */
const PictureSet = GroupPicture.pipe(Schema.pick("id")).annotations({ identifier: "PictureSet" })

export class PicturesApi extends HttpApiGroup.make("groupPictures")
  .add(
    HttpApiEndpoint.get("getGroupPicture", "/sessions/:session/groups/:gid/picture")
      .setPath(GroupPath)
      .addSuccess(GroupPicture)
      .addError(failures(...storedFailures, PictureNotFound, ...liveFailures))
      .annotate(OpenApi.Description, "Asks WhatsApp where the picture is; the address expires.")
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.put("setGroupPicture", "/sessions/:session/groups/:gid/picture")
      .setPath(GroupPath)
      .setPayload(NewPicture)
      .addSuccess(PictureSet)
      .addError(failures(...changeFailures, ImageUnreadable))
      .annotate(
        OpenApi.Description,
        "Sets a JPEG, PNG or WebP image as the picture, cut to a square of 640 pixels.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.del("removeGroupPicture", "/sessions/:session/groups/:gid/picture")
      .setPath(GroupPath)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(...changeFailures))
      .annotate(OpenApi.Description, "Takes the picture away; without one it does nothing.")
      .annotateContext(needs("send")),
  )
  .prefix(basePath) {}
