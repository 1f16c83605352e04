import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { MemberSeen } from "../../../src/domain/Sighting.ts"
import { book, groupSeen, lid, phone, Storage } from "../../layers/contacts/Book.ts"

const jidOf = (n: number) => GroupJid.make(`12036302123456789${n}@g.us`)

const seen = (n: number, ...members: ReadonlyArray<MemberSeen>) => groupSeen(jidOf(n), members)

layer(Storage, { excludeTestServices: true })(
  "the members of groups seen for the first time",
  (it) => {
    it.effect("are each in their own group, with their own role", () =>
      Effect.gen(function* () {
        const { memberships, see } = yield* book
        yield* see(
          seen(1, { lid: lid(1), role: "superadmin" }, { lid: lid(2), role: "member" }),
          seen(2),
          seen(3, { lid: lid(2), role: "admin" }),
        )
        expect(yield* memberships).toMatchObject([
          { group: jidOf(1), member: lid(1), role: "superadmin", isIn: true },
          { group: jidOf(1), member: lid(2), role: "member", isIn: true },
          { group: jidOf(3), member: lid(2), role: "admin", isIn: true },
        ])
      }),
    )

    it.effect("are one where WhatsApp names a person by both addresses apart", () =>
      Effect.gen(function* () {
        const { memberships, see } = yield* book
        yield* see({ _tag: "ContactSeen", person: { lid: lid(1), phoneJid: phone(1) } })
        yield* see(seen(1, { lid: lid(1), role: "admin" }, { phoneJid: phone(1), role: "admin" }))
        expect(yield* memberships).toMatchObject([{ member: lid(1), role: "admin" }])
      }),
    )

    it.effect.each([
      ["group", "groups"],
      ["contact", "contacts"],
    ] as const)("go with their %s", ([, table]) =>
      Effect.gen(function* () {
        const { organization, see } = yield* book
        const sql = yield* SystemSql
        const ours = sql`organization_id = ${organization}`
        const members = sql`SELECT FROM group_members WHERE ${ours}`
        yield* see(seen(1, { lid: lid(1), role: "member" }))
        expect(yield* members).toHaveLength(1)
        yield* sql`DELETE FROM ${sql(table)} WHERE ${ours}`
        expect(yield* members).toHaveLength(0)
      }),
    )
  },
)
