import { expect, layer } from "@effect/vitest"
import { Effect, FastCheck } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { PersonSeen, Sighting } from "../../../src/domain/Sighting.ts"
import { lid, phone, Storage } from "./Book.ts"
import { outcomeOf } from "./Outcome.ts"

const people = 6
const steps = 60

const someone = FastCheck.nat(people - 1)
const name = FastCheck.constantFrom("A", "B", "C")
const names = FastCheck.record(
  { savedName: name, pushName: name, businessName: name },
  { requiredKeys: [] },
)

const step = FastCheck.record({
  what: FastCheck.constantFrom(...(["passes", "named", "named", "chats", "meets"] as const)),
  n: someone,
  m: someone,
  names,
  isByNumber: FastCheck.boolean(),
  others: FastCheck.subarray(Array.from({ length: people }, (_, n) => n)),
})
type Step = typeof step extends FastCheck.Arbitrary<infer A> ? A : never

/** A number that nobody has gets no name: of two names that meet in a merge, the clock decides. */
const sightingOf = (held: Map<number, number>, step: Step): Sighting => {
  const { isByNumber, m, n, names, what } = step
  const called = (n: number): PersonSeen => (isByNumber ? { phoneJid: phone(n) } : { lid: lid(n) })
  switch (what) {
    case "passes":
      for (const [number, holder] of held) if (holder === n) held.delete(number)
      held.set(m, n)
      return { _tag: "ContactSeen", person: { lid: lid(n), phoneJid: phone(m) }, ...names }
    case "named":
      return { _tag: "ContactSeen", person: held.has(n) ? called(n) : { lid: lid(n) }, ...names }
    case "chats":
      return { _tag: "DirectChatSeen", person: called(n) }
    case "meets":
      return group(m % 2, step.others.map(called))
  }
}

const group = (g: number, members: ReadonlyArray<PersonSeen>): Sighting => ({
  _tag: "GroupSeen",
  jid: GroupJid.make(`12036302123456789${g}@g.us`),
  subject: `Group ${g}`,
  description: "",
  owner: members[0],
  createdAtWa: undefined,
  isAnnounce: false,
  isLocked: false,
  members: members.map((member) => ({ ...member, role: "member" })),
})

/** Everybody is known by both addresses before the first number passes on. */
const seen = FastCheck.array(step, { minLength: steps, maxLength: steps }).map((some) => {
  const held = new Map<number, number>()
  const all = Array.from({ length: people }, (_, n) => n)
  const known = all.map((n) => ({ what: "passes", n, m: n, names: {} }) as Step)
  return [...known, ...some].map((step) => sightingOf(held, step))
})

const all = people + steps
const oneByOne = Array.from({ length: all }, () => 1)
const sizes = FastCheck.array(FastCheck.integer({ min: 1, max: 30 }), { minLength: all })

layer(Storage, { excludeTestServices: true })("numbers that change hands", (it) => {
  it.effect(
    "come to the same in any batches as told one by one",
    () =>
      Effect.gen(function* () {
        const runtime = yield* Effect.runtime<Effect.Effect.Context<ReturnType<typeof outcomeOf>>>()
        const run = (...seen: Parameters<typeof outcomeOf>) =>
          Effect.runPromise(Effect.provide(outcomeOf(...seen), runtime))
        const told = async (...seen: Parameters<typeof outcomeOf>) => {
          const { contacts, memberships } = await run(...seen)
          return { contacts, members: memberships.filter(({ isIn }) => isIn) }
        }
        yield* Effect.promise(() =>
          FastCheck.assert(
            FastCheck.asyncProperty(seen, sizes, async (all, sizes) => {
              expect(await told(all, sizes)).toEqual(await told(all, oneByOne))
            }),
            { numRuns: 5, interruptAfterTimeLimit: 40_000 },
          ),
        )
      }),
    60_000,
  )
})
