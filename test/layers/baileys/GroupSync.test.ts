import { expect, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { Sighting } from "../../../src/domain/Sighting.ts"
import { Sightings } from "../../../src/ports/Sightings.ts"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { children } from "../../emulator/wire/Nodes.ts"
import * as Database from "../../support/Database.ts"
import { eventually, groupsAreDirty, linked, stage } from "../sessions/Stage.ts"

/** What the account asked about all of its groups, in order: `all`, `list`, or the groups it named. */
const questions = ({ received }: Emulator) =>
  received.flatMap(({ node }): ReadonlyArray<string | ReadonlyArray<string | undefined>> => {
    const [operation] = children(node)
    if (node.attrs["xmlns"] !== "w:g2" || node.attrs["to"] !== "@g.us") return []
    if (operation?.tag === "query") return [children(operation).map(({ attrs }) => attrs["jid"])]
    return [children(operation).length > 0 ? "all" : "list"]
  })

/** Twenty groups of the same people: more members than one answer is asked for. */
const enterCrowd = (whatsapp: Emulator, me: Person) =>
  whatsapp.populate({ people: 450, groups: 20, members: 450, include: [me] }).groups

const groupsIn = (seen: ReadonlyArray<Sighting>) =>
  seen.flatMap((one) => (one._tag === "GroupSeen" ? [one] : []))

const listed = (seen: ReadonlyArray<Sighting>) =>
  eventually(
    Effect.sync(() => seen.filter((one) => one._tag === "GroupsListed")),
    ({ length }) => length > 0,
  )

const listOf = (...groups: ReadonlyArray<{ readonly jid: string }>) => ({
  _tag: "GroupsListed",
  jids: groups.map(({ jid }) => GroupJid.make(jid)),
})

layer(Database.layer, { excludeTestServices: true, timeout: "40 seconds" })(
  "A sync of all groups",
  (it) => {
    it.scoped("asks which they are, and then page by page who is in them", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, family, seen, gateway } = yield* stage()
        const crowd = enterCrowd(whatsapp, me)
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          const [first, ...pages] = questions(whatsapp)
          expect([first, pages.length]).toEqual(["list", 2])
          expect(pages.flat()).toEqual([family, ...crowd].map(({ jid }) => jid))
          expect(groupsIn(seen).map(({ jid, members }) => [jid, members.length])).toEqual(
            [family, ...crowd].map(({ jid, members }) => [jid, members.size]),
          )
          expect(yield* listed(seen)).toEqual([listOf(family, ...crowd)])
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("is taken up where a limit of WhatsApp's has cut it short", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, family, seen, gateway } = yield* stage()
        const crowd = enterCrowd(whatsapp, me)
        const last = crowd.at(-1)!
        yield* Effect.gen(function* () {
          whatsapp.fault({
            child: "query",
            when: (node) => JSON.stringify(node).includes(last.jid),
            code: 429,
            text: "rate-overlimit",
            attrs: { backoff: "1" },
          })
          yield* linked(org, whatsapp, me)
          yield* listed(seen)
          const [, , refused, again, rest, ...more] = questions(whatsapp)
          expect([again, rest, more]).toEqual(["list", refused, []])
          const stored = groupsIn(seen).map(({ jid }) => jid)
          expect(stored).toEqual([family, ...crowd].map(({ jid }) => jid))
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("begins anew after anything else that stopped it", () =>
      Effect.gen(function* () {
        const seen: Array<Sighting> = []
        let breaking: string | undefined
        const sightings = Layer.succeed(Sightings, {
          store: (_organization, _session, told) => {
            const breaks = told.some((one) => one._tag === "GroupSeen" && one.jid === breaking)
            if (breaks) breaking = undefined
            return breaks ? Effect.die("no disk") : Effect.sync(() => void seen.push(...told))
          },
        })
        const { whatsapp, org, me, family, gateway } = yield* stage({ sightings })
        const crowd = enterCrowd(whatsapp, me)
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          breaking = crowd.at(-1)!.jid
          whatsapp.push(me, groupsAreDirty)
          yield* eventually(
            Effect.sync(() => breaking),
            (left) => left === undefined,
          )
          const before = questions(whatsapp).length
          seen.length = 0
          whatsapp.push(me, groupsAreDirty)
          yield* listed(seen)
          const [first, ...pages] = questions(whatsapp).slice(before)
          expect(first).toBe("list")
          expect(pages.flat()).toEqual([family, ...crowd].map(({ jid }) => jid))
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("asks for everything at once where WhatsApp refuses pages", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, family, seen, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          whatsapp.fault({ child: "query", code: 501, text: "feature-not-implemented" })
          yield* linked(org, whatsapp, me)
          expect(questions(whatsapp)).toEqual(["list", [family.jid], "all"])
          expect(groupsIn(seen)).toMatchObject([{ jid: family.jid, subject: "Family" }])
          expect(yield* listed(seen)).toEqual([listOf(family)])
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("does the same where it does not answer them at all", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, family, seen, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          const before = questions(whatsapp).length
          seen.length = 0
          whatsapp.fault({ child: "query", drop: true })
          whatsapp.push(me, groupsAreDirty)
          yield* Effect.sleep("14 seconds")
          expect(yield* listed(seen)).toEqual([listOf(family)])
          expect(questions(whatsapp).slice(before)).toEqual(["list", [family.jid], "all"])
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("asks for each group that an answer had no room for", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, bob, family, seen, gateway } = yield* stage({
          membersPerAnswer: 3,
        })
        const club = whatsapp.addGroup({ subject: "Club", owner: bob, members: [me] })
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          expect(groupsIn(seen).map(({ members, subject }) => [subject, members.length])).toEqual([
            ["Family", 2],
            ["Club", 2],
          ])
          expect(yield* listed(seen)).toEqual([listOf(family, club)])
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("takes those as left of which the answer says so", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, bob, family, seen, gateway } = yield* stage()
        const club = whatsapp.addGroup({ subject: "Club", owner: bob, members: [me] })
        yield* Effect.gen(function* () {
          whatsapp.fault({ child: "query", delayMs: 200 })
          whatsapp.fault({ tag: "notification", type: "w:gp2", person: me, times: 100 })
          const linking = yield* Effect.fork(linked(org, whatsapp, me))
          yield* eventually(
            Effect.sync(() => questions(whatsapp)),
            ({ length }) => length === 2,
          )
          whatsapp.as(bob).remove(club, me)
          yield* linking
          expect(questions(whatsapp)).toEqual(["list", [family.jid, club.jid]])
          expect(groupsIn(seen).map(({ subject }) => subject)).toEqual(["Family"])
          expect(yield* listed(seen)).toEqual([listOf(family)])
        }).pipe(Effect.provide(gateway))
      }),
    )

    it.scoped("does not believe a single answer that the account is in no group", () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, family, seen, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          const before = questions(whatsapp).length
          const asked = () => whatsapp.received.filter(({ node }) => isList(node))
          const listings = asked().length
          seen.length = 0
          whatsapp.fault({ child: "participating", drop: true })
          whatsapp.push(me, groupsAreDirty)
          const [first] = yield* eventually(
            Effect.sync(() => asked().slice(listings)),
            ({ length }) => length > 0,
          )
          const attrs = { type: "result", from: "g.us", id: first?.node.attrs["id"] ?? "" }
          whatsapp.push(me, {
            tag: "iq",
            attrs,
            content: [{ tag: "groups", attrs: {}, content: [] }],
          })
          expect(yield* listed(seen)).toEqual([listOf(family)])
          expect(questions(whatsapp).slice(before)).toEqual(["list", "list", [family.jid]])
        }).pipe(Effect.provide(gateway))
      }),
    )
  },
)

const isList = (node: Parameters<typeof children>[0]) => children(node, "participating").length > 0
