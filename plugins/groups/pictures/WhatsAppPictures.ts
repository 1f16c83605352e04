import { Context, type Effect } from "effect"
import type { GroupJid } from "../../../src/domain/Jid.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { ChangeFailure, LiveFailure } from "../WhatsAppGroups.ts"
import type { GroupPicture, ImageUnreadable, PictureNotFound } from "./Picture.ts"

/** What the groups plugin asks of WhatsApp about the picture of a group. Nothing of it is stored. */
export class WhatsAppPictures extends Context.Tag("plugins/groups/pictures/WhatsAppPictures")<
  WhatsAppPictures,
  {
    readonly get: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) => Effect.Effect<GroupPicture, LiveFailure | PictureNotFound>
    /** Cuts the image to a square. Returns the id under which WhatsApp keeps it. */
    readonly set: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
      image: Uint8Array,
    ) => Effect.Effect<string, ChangeFailure | ImageUnreadable>
    /** Succeeds as well when there is none. */
    readonly remove: (
      organization: OrganizationId,
      session: SessionId,
      group: GroupJid,
    ) => Effect.Effect<void, ChangeFailure>
  }
>() {}
