import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SystemSql } from "../../../layers/Postgres.ts"
import type { Person } from "../../emulator/people/Person.ts"
import type { Group } from "../../emulator/world/Group.ts"
import { answering } from "../../support/Answering.ts"
import { eventually, WhatsApp } from "../../support/Gateway.ts"
import {
  addressOf,
  ask,
  converged,
  outcome,
  ownGroup,
  post,
  preferring,
  quietly,
  Scene,
} from "./Scene.ts"

const members = (group: Group) => `${addressOf(group)}/members`

/** How many requests are stored as open. */
const open = ({ jid }: Group) =>
  Effect.flatMap(SystemSql, (sql) =>
    Effect.map(
      sql<{ open: number }>`
        SELECT count(*)::int AS open FROM group_join_requests
        JOIN groups USING (group_id) WHERE group_jid = ${jid}`,
      ([row]) => row!.open,
    ),
  ).pipe(Effect.orDie)

const opened = (group: Group, count: number) => eventually(open(group), (now) => now === count)

/** A group of the account's own that these people ask to be let into. */
const wanted = Effect.fn(function* (...people: ReadonlyArray<Person>) {
  const whatsapp = yield* WhatsApp
  const group = yield* ownGroup()
  group.approval = true
  const { body } = yield* ask(`${addressOf(group)}/invite`)
  for (const person of people) whatsapp.as(person).join(body.invite.split("/").at(-1)!)
  return group
})

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })(
  "requests to join",
  (it) => {
    it.effect("are listed with who asks, how, and since when", () =>
      Effect.gen(function* () {
        const { ada } = yield* Scene
        const group = yield* wanted(ada)
        const { body, status } = yield* ask(`${addressOf(group)}/requests`)
        expect(status).toBe(200)
        expect(body).toEqual({
          data: [
            {
              lid: ada.lidJid,
              method: "invite_link",
              phoneJid: ada.pnJid,
              requestedAt: expect.any(Number),
            },
          ],
          nextCursor: "",
        })
      }),
    )

    it.effect("are approved, and the stored group shows the member at once", () =>
      Effect.gen(function* () {
        const { ada } = yield* Scene
        const group = yield* wanted(ada)
        const people = { participants: [ada.pnJid] }
        const { status, text } = yield* post(`${members(group)}:approve`, people)
        expect([status, text]).toEqual([204, ""])
        expect(group.members.has(ada.id)).toBe(true)
        yield* converged(group)
        const again = yield* post(`${members(group)}:approve`, people, preferring)
        expect(again.body.data).toMatchObject([{ status: "refused", reason: "no_request" }])
      }),
    )

    it.effect("are rejected", () =>
      Effect.gen(function* () {
        const { ada } = yield* Scene
        const group = yield* wanted(ada)
        const people = { participants: [ada.lidJid] }
        const { body, status } = yield* post(`${members(group)}:reject`, people, preferring)
        expect([status, body.data[0].status]).toEqual([200, "done"])
        expect(group.requests.size).toBe(0)
        expect(group.members.has(ada.id)).toBe(false)
        const left = yield* ask(`${addressOf(group)}/requests`)
        expect(left.body.data).toEqual([])
      }),
    )

    it.effect("are approved for several at once, who are told of in the order of the request", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        const eve = whatsapp.addPerson({ name: "Eve" })
        const group = yield* wanted(ada, eve)
        yield* opened(group, 2)
        const people = { participants: [eve.pnJid, ada.lidJid] }
        const { body, status } = yield* post(`${members(group)}:approve`, people, preferring)
        expect(status).toBe(200)
        expect(body.data).toMatchObject([
          { code: 200, jid: eve.pnJid, status: "done" },
          { code: 200, jid: ada.lidJid, status: "done" },
        ])
        expect([group.members.has(eve.id), group.members.has(ada.id)]).toEqual([true, true])
        yield* converged(group)
        expect(yield* open(group)).toBe(0)
      }),
    )

    it.effect("are stored as closed when they were rejected without a word", () =>
      quietly(
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const { ada, me } = yield* Scene
          const group = yield* wanted(ada)
          yield* opened(group, 1)
          const match = { to: group.jid, child: "membership_requests_action" }
          answering(whatsapp, me, match, [], true)
          const people = { participants: [ada.lidJid] }
          const answer = yield* post(`${members(group)}:reject`, people)
          expect(outcome(answer)).toEqual([502, "upstream_error"])
          expect([group.requests.size, yield* open(group)]).toEqual([0, 0])
        }),
      ),
    )

    it.effect("are stored as closed even if WhatsApp does not list them at once", () =>
      quietly(
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const { ada } = yield* Scene
          const group = yield* wanted(ada)
          yield* opened(group, 1)
          const refused = { code: 503, text: "service-unavailable" }
          whatsapp.fault({ to: group.jid, child: "membership_approval_requests", ...refused })
          const people = { participants: [ada.lidJid] }
          expect((yield* post(`${members(group)}:reject`, people)).status).toBe(204)
          yield* opened(group, 0)
        }),
      ),
    )

    it.effect("are fetched again when WhatsApp was asked for them in vain", () =>
      Effect.gen(function* () {
        const whatsapp = yield* WhatsApp
        const { ada } = yield* Scene
        whatsapp.fault({ child: "membership_approval_requests", code: 503, text: "" })
        yield* opened(yield* wanted(ada), 1)
      }),
    )

    it.effect("are closed when the account leaves", () =>
      Effect.gen(function* () {
        const { ada } = yield* Scene
        const group = yield* wanted(ada)
        yield* opened(group, 1)
        expect((yield* post(`${addressOf(group)}:leave`, undefined)).status).toBe(204)
        expect(yield* open(group)).toBe(0)
      }),
    )
  },
)
