import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { asCaller } from "../../src/http/Caller.ts"
import { storedReads } from "../../src/http/StoredRead.ts"
import { pluginApi } from "../../src/Plugin.ts"
import { ContactsApi } from "./Api.ts"
import { Contacts } from "./Contacts.ts"

export const ContactsHttp = HttpApiBuilder.group(pluginApi(ContactsApi), "contacts", (handlers) =>
  Effect.gen(function* () {
    const contacts = yield* Contacts

    return storedReads(handlers)
      .handle("checkContact", ({ path, urlParams }) =>
        asCaller((caller) => contacts.check(caller, path.session, urlParams.phone)),
      )
      .handle("getContactAbout", ({ path }) =>
        asCaller((caller) => contacts.about(caller, path.session, path.jid)),
      )
      .handle("getContactPicture", ({ path }) =>
        asCaller((caller) => contacts.picture(caller, path.session, path.jid)),
      )
      .handle("blockContact", ({ path }) =>
        asCaller((caller) => contacts.block(caller, path.session, path.jid)),
      )
      .handle("unblockContact", ({ path }) =>
        asCaller((caller) => contacts.unblock(caller, path.session, path.jid)),
      )
  }),
)
