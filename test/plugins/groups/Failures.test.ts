import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { eventually, WhatsApp, tenant } from "../../support/Gateway.ts"
import { type Answer, api } from "../../support/Http.ts"
import { asking, causes, expected, lastCauses, slowCauses, target } from "./Causes.ts"
import { declared, isLive, operations } from "./Operations.ts"
import { addressOf, ask, converged, heard, inWorld, outcome, quietly, Scene } from "./Scene.ts"

const names = [...declared.keys()]
const all = { ...causes, ...slowCauses, ...lastCauses }

const pairsIn = (causes: object) =>
  names.flatMap((name) =>
    declared
      .get(name)!
      .filter((failure) => failure in causes)
      .map((failure) => [name, failure] as const),
  )

/** What the failure of the same name without `Midway` is told by. */
const told = (failure: string) => expected[failure.replace(/Midway$/, "")]

const check = (answer: Answer, failure: string) => {
  expect(outcome(answer)).toEqual(told(failure))
  const { details } = answer.body.error
  if (failure.startsWith("UpstreamRefused"))
    expect(details.whatsapp).toEqual({ code: 453, text: "emulated" })
  if (failure.startsWith("UpstreamRateLimited"))
    expect([answer.headers.get("retry-after"), details.retryAfterSeconds]).toEqual(["7", 7])
}

const listed = Effect.map(ask("/groups"), ({ body }) =>
  (body.data as ReadonlyArray<{ readonly groupJid: string }>)
    .map(({ groupJid }) => groupJid)
    .sort(),
)

layer(Scene.layer, { excludeTestServices: true, timeout: "60 seconds" })(
  "the failures of groups",
  (it) => {
    it.effect("are facts of every operation, and each has a cause", () =>
      Effect.sync(() => {
        expect(names.sort()).toEqual(Object.keys(operations).sort())
        const uncaused = [...declared.values()].flat().filter((failure) => !(failure in all))
        expect(uncaused).toEqual([])
        const unheard = names.filter(
          (name) => isLive(name) !== declared.get(name)!.includes("SessionOffline"),
        )
        expect(unheard).toEqual([])
      }),
    )

    describe.each(pairsIn(causes))("%s, on %s,", (name, failure) => {
      it.effect("says so", () => Effect.map(causes[failure]!(name), (a) => check(a, failure)))
    })

    describe.each(names.map((name) => [name]))("%s, of another organization,", (name) => {
      it.effect("is what does not exist, and WhatsApp hears nothing", () =>
        Effect.gen(function* () {
          const { session } = yield* Scene
          const { path, ...request } = operations[name]!.ask(yield* target)
          const bob = yield* tenant()
          const before = yield* heard
          const asBob = { as: bob.key, ...request }
          const foreign = yield* api(`/sessions/${session}${path}`, asBob)
          const unknown = yield* api(`/sessions/01J9ZX8K2QHV0M3T6R7P4N5W8C${path}`, asBob)
          expect(foreign.status).toBe(404)
          expect(foreign.text).toBe(unknown.text)
          expect(yield* heard).toBe(before)
        }),
      )
    })

    it.effect(
      "tell of a silence after a deadline, and show what has happened all the same",
      () =>
        quietly(
          Effect.gen(function* () {
            const { world } = yield* WhatsApp
            const { me } = yield* Scene
            const before = new Set(world.groups.keys())
            const began = performance.now()
            const answers = yield* Effect.forEach(
              pairsIn(slowCauses),
              ([name, failure]) =>
                Effect.map(slowCauses[failure]!(name), (answer) => ({ name, failure, answer })),
              { concurrency: "unbounded" },
            )
            for (const { answer, failure, name } of answers)
              expect([name, outcome(answer)]).toEqual([name, told(failure)])
            expect(performance.now() - began).toBeGreaterThan(14_000)

            const mine = world.groupsOf(me.id).map(({ jid }) => jid)
            yield* eventually(listed, (ours) => ours.join() === mine.toSorted().join())
            const touched = world.groupsOf(me.id).filter(({ jid }) => !before.has(jid))
            expect(touched.length).toBeGreaterThan(names.filter(isLive).length)
            yield* Effect.forEach(touched, converged, { concurrency: 4 })
          }),
        ),
      90_000,
    )

    it.effect(
      "show at once what WhatsApp did without saying or notifying so",
      () =>
        Effect.gen(function* () {
          const whatsapp = yield* WhatsApp
          const on = yield* target
          const group = yield* inWorld(on.group)
          whatsapp.fault({ ...operations["addGroupMembers"]!.stanza!(on), mute: true })
          const { status } = yield* quietly(asking("addGroupMembers", on))
          expect(status).toBe(504)
          expect(group.members.size).toBe(3)
          const { body } = yield* ask(`/groups/${on.group}/members`)
          expect(body.data).toHaveLength(3)
        }),
      30_000,
    )

    it.effect("leave the session as it was", () =>
      Effect.gen(function* () {
        const { alice, session } = yield* Scene
        const { body } = yield* api(`/sessions/${session}`, { as: alice.key })
        expect(body.status).toBe("working")
        const logins = (yield* WhatsApp).received.filter(
          ({ node }) => node.attrs["xmlns"] === "passive",
        )
        expect(logins).toHaveLength(1)
        ;(yield* WhatsApp).assertClean()
      }),
    )

    describe.each(pairsIn(lastCauses))("%s, on %s,", (name, failure) => {
      it.effect("says so, and the session comes back", () =>
        Effect.gen(function* () {
          const { family } = yield* Scene
          check(yield* lastCauses[failure]!(name), failure)
          // The session's row says a moment longer that it works: only a live answer proves it.
          yield* eventually(ask(`${addressOf(family)}/invite`), ({ status }) => status !== 501)
          yield* converged(family)
        }),
      )
    })
  },
)
