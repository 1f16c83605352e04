import { layer } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { Duration, Effect, Schedule } from "effect"
import { Sockets } from "../../../layers/baileys/Sockets.ts"
import type { OrganizationId } from "../../../src/domain/Organization.ts"
import type { SessionId } from "../../../src/domain/Session.ts"
import type { Emulator } from "../../emulator/Emulator.ts"
import { children } from "../../emulator/wire/Nodes.ts"
import * as Database from "../../support/Database.ts"
import {
  eventually,
  groupsAreDirty,
  linked,
  online,
  scanned,
  stage,
  standing,
} from "../sessions/Stage.ts"
import { libraryTimers } from "./LibraryTimers.ts"

layer(Database.layer, { excludeTestServices: true })("BaileysConnector", (it) => {
  it.scoped("sees within a second that somebody renamed a group", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      const rename = Effect.sync(() => whatsapp.as(bob).rename(family, "Cousins"))
      const isRenamed = sight((one) => one._tag === "GroupSeen" && one.subject === "Cousins")
      const [took] = yield* linked(org, whatsapp, me).pipe(
        Effect.zipRight(Effect.timed(Effect.zipRight(rename, isRenamed))),
        Effect.provide(gateway),
      )
      yield* Effect.logInfo("renamed by another person, seen after", Duration.format(took))
      assertTrue(Duration.lessThan(took, "1 second"))
    }),
  )

  it.scoped("fetches a group once for many changes at once", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        const before = fetchesOf(whatsapp.received, family.jid)
        for (let n = 1; n <= 20; n += 1) whatsapp.as(bob).rename(family, `Family ${n}`)
        yield* sight((one) => one._tag === "GroupSeen" && one.subject === "Family 20")
        assertTrue(fetchesOf(whatsapp.received, family.jid) - before <= 2)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("fetches a group again when the first attempt failed", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        whatsapp.fault({ child: "query", code: 500, text: "internal-server-error" })
        whatsapp.fault({ child: "query", code: 429, text: "limit", attrs: { backoff: "1" } })
        whatsapp.as(bob).rename(family, "Third time")
        yield* sight((one) => one._tag === "GroupSeen" && one.subject === "Third time")
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped(
    "fetches all groups once when it missed something, and again when WhatsApp allows",
    () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, sight, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          const asked = () => listingsIn(whatsapp.received)
          const before = asked()
          whatsapp.fault({
            child: "participating",
            code: 429,
            text: "limit",
            attrs: { backoff: "1" },
          })
          whatsapp.addGroup({ subject: "Missed", owner: me })
          whatsapp.push(me, groupsAreDirty)
          const missed = sight((one) => one._tag === "GroupSeen" && one.subject === "Missed")
          const [took] = yield* Effect.timed(missed)
          assertTrue(Duration.greaterThan(took, "1 second"))
          deepStrictEqual(asked() - before, 2)
        }).pipe(Effect.provide(gateway))
      }),
  )

  it.scoped("sees who joined, who was promoted, what was locked", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        const eve = whatsapp.addPerson({ name: "Eve" })
        whatsapp.as(bob).add(family, eve)
        whatsapp.as(bob).promote(family, eve)
        whatsapp.as(bob).lock(family, true)
        const member = { lid: eve.lidJid, phoneJid: eve.pnJid, role: "admin" }
        yield* sight(
          (one) =>
            one._tag === "GroupSeen" &&
            one.isLocked &&
            one.members.some((m) => m.lid === member.lid && m.role === member.role),
        )
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("sees a group that the account is added to", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        whatsapp.as(bob).createGroup("Surprise", [me])
        yield* sight((one) => one._tag === "GroupSeen" && one.subject === "Surprise")
      }).pipe(Effect.provide(gateway))
    }),
  )

  for (const [how, leave] of [
    ["is removed from", "remove"],
    ["leaves on the phone", "leave"],
  ] as const)
    it.scoped(`sees that a group is left which the account ${how}`, () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          yield* linked(org, whatsapp, me)
          if (leave === "remove") whatsapp.as(bob).remove(family, me)
          else whatsapp.as(me).leave(family)
          yield* sight((one) => one._tag === "GroupLeft" && one.jid === family.jid)
        }).pipe(Effect.provide(gateway))
      }),
    )

  it.scoped("sees a tag that is set, changed, cleared", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        for (const tag of ["Uncle", "Captain", ""]) {
          yield* Effect.promise(() => whatsapp.as(bob).tag(family, tag))
          yield* sight(
            (one) =>
              one._tag === "MemberTagged" && one.tag === tag && one.member.lid === bob.lidJid,
          )
        }
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("works again before it looks at its groups again, and then says the same", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, seen, gateway } = yield* stage({ reconcileAfter: 5_000 })
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        const groups = () => seen.filter((one) => one._tag.startsWith("Group"))
        const before = groups()
        whatsapp.kick(me, "drop")
        yield* standing(org, id, "starting")
        yield* standing(org, id, "working")
        deepStrictEqual(groups(), before)
        const again = Effect.sync(() => groups().slice(before.length))
        deepStrictEqual(yield* eventually(again, ({ length }) => length > 1), before)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("catches up on what happened while it was offline", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      yield* Effect.provide(linked(org, whatsapp, me), gateway)
      yield* online(whatsapp, me, false)
      whatsapp.as(bob).rename(family, "While away")
      yield* sight((one) => one._tag === "GroupSeen" && one.subject === "While away").pipe(
        Effect.provide(gateway),
      )
    }),
  )

  it.scoped("survives a frame it can not read, and is back", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, bob, family, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        yield* linked(org, whatsapp, me)
        whatsapp.fault({ person: me, xmlns: "w:g2", garbage: true })
        whatsapp.as(bob).rename(family, "Garbage")
        yield* sight((one) => one._tag === "GroupSeen" && one.subject === "Garbage")
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped(
    "works where WhatsApp limits the first look at groups, and stores them when it allows",
    () =>
      Effect.gen(function* () {
        const { whatsapp, org, me, sight, gateway } = yield* stage()
        yield* Effect.gen(function* () {
          whatsapp.fault(limited("3"))
          yield* linked(org, whatsapp, me)
          const [took] = yield* Effect.timed(sight((one) => one._tag === "GroupSeen"))
          assertTrue(Duration.greaterThan(took, "1 second"))
          deepStrictEqual(counts(whatsapp.received), { logins: 1, asked: 2 })
        }).pipe(Effect.provide(gateway))
      }),
  )

  it.scoped("asks for no groups on the next connection either before WhatsApp allows", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        const id = yield* linked(org, whatsapp, me)
        whatsapp.fault(limited("600"))
        whatsapp.push(me, groupsAreDirty)
        const asked = () => listingsIn(whatsapp.received)
        yield* eventually(Effect.sync(asked), (count) => count === 2)
        whatsapp.kick(me, "drop")
        yield* standing(org, id, "starting")
        yield* standing(org, id, "working")
        deepStrictEqual(asked(), 2)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("is not stopped by what it holds back until the groups are stored", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, sight, gateway } = yield* stage()
      yield* Effect.gen(function* () {
        whatsapp.fault({ child: "participating", delayMs: 1_500 })
        const id = yield* scanned(org, whatsapp, me)
        const { socket } = yield* live(org, id)
        socket.library.ev.emit(
          "contacts.upsert",
          Array.from({ length: 2_000 }, (_, n) => contact(n)),
        )
        socket.library.ev.flush()
        whatsapp.push(me, { tag: "ib", attrs: {}, content: [] })
        const [took] = yield* Effect.timed(standing(org, id, "working"))
        assertTrue(Duration.lessThan(took, "5 seconds"))
        yield* sight((one) => one._tag === "ContactSeen" && one.pushName === contact(1_999).notify)
      }).pipe(Effect.provide(gateway))
    }),
  )

  it.scoped("leaves no line and no timer of the library behind", () =>
    Effect.gen(function* () {
      const { whatsapp, org, me, gateway } = yield* stage()
      // The first login is not looked at: it uploads keys under a timer of 30 seconds that the
      // library never clears.
      const id = yield* Effect.provide(linked(org, whatsapp, me), gateway)
      yield* online(whatsapp, me, false)
      const timers = yield* libraryTimers
      yield* standing(org, id, "working").pipe(
        Effect.zipRight(online(whatsapp, me, true)),
        Effect.tap(() => Effect.sync(() => assertTrue(timers.size > 0))),
        Effect.provide(gateway),
      )
      yield* online(whatsapp, me, false)
      yield* eventually(
        Effect.sync(() => [...timers.values()]),
        (left) => left.length === 0,
      )
    }),
  )
})

/** Its socket, as soon as it is logged in. */
const live = (org: OrganizationId, session: SessionId) =>
  Effect.flatMap(Sockets, (sockets) =>
    Effect.retry(sockets.get(org, session), Schedule.spaced("5 millis")),
  )

const counts = (received: ReadonlyArray<Received>) => ({
  asked: listingsIn(received),
  logins: received.filter(({ node }) => node.attrs["xmlns"] === "passive").length,
})

const contact = (nth: number) => ({ id: `${205227043110000 + nth}@lid`, notify: `Nth ${nth}` })

const limited = (backoff: string) => ({
  child: "participating",
  code: 429,
  text: "rate-overlimit",
  attrs: { backoff },
})

type Received = Emulator["received"][number]

/** How often it was asked which groups there are. */
const listingsIn = (received: ReadonlyArray<Received>) =>
  received.filter(({ node }) => children(node, "participating").length > 0).length

const fetchesOf = (received: ReadonlyArray<Received>, group: string) =>
  received.filter(({ node: { attrs } }) => attrs["to"] === group && attrs["type"] === "get").length
