import { Effect } from "effect"
import type * as Pg from "pg"
import { ApiKeys } from "../../../src/ports/ApiKeys.ts"
import { tenant } from "../../support/Gateway.ts"
import { api } from "../../support/Http.ts"
import { insertionInto } from "../../support/TenantRows.ts"

/** An organization whose every row carries its mark, so that whoever sees one knows whose it is. */
export interface Marked {
  readonly mark: string
  readonly key: string
  readonly session: string
}

export const markedTenant = Effect.fnUntraced(function* (owner: Pg.Client, nth: number) {
  const mark = `mark-${nth}-end`
  const { key, organization } = yield* tenant()
  const draft = { label: mark, start: false }
  const made = yield* api("/sessions", { as: key, method: "POST", json: draft })
  const session = made.body.id as string
  const group = { subject: mark, description: mark, group_jid: `1203630${nth}@g.us` }
  const row = { organization_id: organization.id, session_id: session, ...group }
  yield* Effect.promise(async () => owner.query(await insertionInto(owner, "groups", row, nth)))
  yield* (yield* ApiKeys).create(organization.id, {
    name: mark,
    capabilities: ["read"],
    expiresAt: null,
  })
  return { mark, key, session } satisfies Marked
})

/** Whose marks a text carries. */
export const marksIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/mark-\d+-end/g) ?? [])
