import { SqlClient } from "@effect/sql"
import { Effect } from "effect"
import type { PersonJid } from "../../src/domain/Jid.ts"
import type { OrganizationId } from "../../src/domain/Organization.ts"
import type { SessionId } from "../../src/domain/Session.ts"
import { Tenancy } from "../../src/ports/Tenancy.ts"

/** What rules have to know of the contact book. */
export class ContactsRepo extends Effect.Service<ContactsRepo>()("plugins/contacts/Repo", {
  effect: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { within } = yield* Tenancy

    /** All that are stored of the person; none of a stranger. */
    const addresses = (organization: OrganizationId, session: SessionId, jid: PersonJid) =>
      sql<{ readonly address: string }>`
        SELECT unnest(array_remove(ARRAY[lid, phone_jid], NULL)) AS address FROM contacts
        WHERE organization_id = ${organization} AND session_id = ${session}
          AND (lid = ${jid} OR phone_jid = ${jid})`.pipe(
        within(organization),
        Effect.map((rows) => rows.map(({ address }) => address)),
        Effect.orDie,
      )

    return { addresses } as const
  }),
}) {}
