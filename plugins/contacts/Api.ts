import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { GroupJid, PersonAddress } from "../../src/domain/Jid.ts"
import { SessionNotFound, SessionOffline } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import { basePath, SessionPath, strict } from "../../src/http/BaseApi.ts"
import { failures } from "../../src/http/Envelope.ts"
import { List, pageAlways, pageFields } from "../../src/http/Page.ts"
import { needs } from "../../src/http/Requirement.ts"
import { storedRead } from "../../src/http/StoredRead.ts"
import {
  Contact,
  ContactAbout,
  ContactCheck,
  ContactDetail,
  ContactNotFound,
  ContactPicture,
  ContactPictureNotFound,
} from "./Contact.ts"
import { listedContacts, soughtFor, storedContact } from "./Reads.ts"

const ContactPath = strict(Schema.Struct({ ...SessionPath.fields, lid: PersonAddress }))
const PersonPath = strict(Schema.Struct({ ...SessionPath.fields, jid: PersonAddress }))

const exactly = { exact: true } as const

const ContactsQuery = strict(
  Schema.Struct({
    source: Schema.optionalWith(
      Schema.Literal("dm", "group").annotations({ description: "dm or group" }),
      exactly,
    ),
    group: Schema.optionalWith(GroupJid, exactly),
    q: Schema.optionalWith(
      Schema.String.pipe(
        Schema.maxLength(200, { examples: ["maria"] }),
        Schema.filter((text) => !text.includes("\0"), {
          description: "text without NUL characters",
        }),
      ),
      exactly,
    ),
    ...pageFields("contacts"),
  }),
)

// In a query `+` means a blank, so the blank is taken for it.
const CheckQuery = strict(
  Schema.Struct({
    phone: Schema.String.pipe(
      Schema.pattern(/^[+ ]?(?:[ ().-]*\d){5,20}$/, {
        description: "a phone number in international form, e.g. 6281234567890",
      }),
    ),
  }),
)

const unasked = [
  SessionNotFound,
  SessionOffline,
  UpstreamRefused,
  UpstreamSilent,
  UpstreamRateLimited,
] as const

export class ContactsApi extends HttpApiGroup.make("contacts")
  .add(
    storedRead(
      HttpApiEndpoint.get("listContacts", "/sessions/:session/contacts")
        .setPath(SessionPath)
        .setUrlParams(ContactsQuery)
        .addSuccess(List(Contact))
        .addError(failures(SessionNotFound))
        .annotate(
          OpenApi.Description,
          "Everybody the session has met, as stored, in the order they were met, page by page. The filters combine; q looks in names, whatever the case, and in numbers, however written.",
        )
        .annotateContext(needs("read")),
      {
        statement: listedContacts,
        parameters: ({ path, urlParams: { group = null, q, source = null, ...asked } }) => [
          path.session,
          ...pageAlways(asked),
          source,
          group,
          ...soughtFor(q),
        ],
        absent: [SessionNotFound],
      },
    ),
  )
  .add(
    HttpApiEndpoint.get("checkContact", "/sessions/:session/contacts/check")
      .setPath(SessionPath)
      .setUrlParams(CheckQuery)
      .addSuccess(ContactCheck)
      .addError(failures(...unasked))
      .annotate(
        OpenApi.Description,
        "Asks WhatsApp whether somebody answers to a number; jid is empty where nobody does.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    storedRead(
      HttpApiEndpoint.get("getContact", "/sessions/:session/contacts/:lid")
        .setPath(ContactPath)
        .addSuccess(ContactDetail)
        .addError(failures(SessionNotFound, ContactNotFound))
        .annotate(
          OpenApi.Description,
          "All that is stored of one person: names and addresses, whether there is a direct chat, and the groups they were seen in, those that they left included. Either address leads to them.",
        )
        .annotateContext(needs("read")),
      {
        statement: storedContact,
        parameters: ({ path }) => [path.session, path.lid],
        absent: [SessionNotFound, ContactNotFound],
      },
    ),
  )
  .add(
    HttpApiEndpoint.get("getContactAbout", "/sessions/:session/contacts/:jid/about")
      .setPath(PersonPath)
      .addSuccess(ContactAbout)
      .addError(failures(ContactNotFound, ...unasked))
      .annotate(
        OpenApi.Description,
        "Asks WhatsApp for what the person wrote about themselves; empty where they hide it.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.get("getContactPicture", "/sessions/:session/contacts/:jid/picture")
      .setPath(PersonPath)
      .addSuccess(ContactPicture)
      .addError(failures(ContactPictureNotFound, ...unasked))
      .annotate(
        OpenApi.Description,
        "Asks WhatsApp where the person's picture is; the address expires. 404 where there is none, or none that this account may see.",
      )
      .annotateContext(needs("read")),
  )
  .add(
    HttpApiEndpoint.post("blockContact", "/sessions/:session/contacts/:jid/block")
      .setPath(PersonPath)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(ContactNotFound, ...unasked))
      .annotate(
        OpenApi.Description,
        "Keeps the person from writing to the account or calling it; who is blocked already stays so.",
      )
      .annotateContext(needs("send")),
  )
  .add(
    HttpApiEndpoint.post("unblockContact", "/sessions/:session/contacts/:jid/unblock")
      .setPath(PersonPath)
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(ContactNotFound, ...unasked))
      .annotate(
        OpenApi.Description,
        "Lets the person write and call again; who is not blocked is left alone.",
      )
      .annotateContext(needs("send")),
  )
  .prefix(basePath) {}
