import { expect, layer } from "@effect/vitest"
import { Effect, FastCheck } from "effect"
import { GroupJid } from "../../../src/domain/Jid.ts"
import type { MemberRole, PersonSeen, Sighting } from "../../../src/domain/Sighting.ts"
import { lid, phone, Storage } from "./Book.ts"
import { outcomeOf } from "./Outcome.ts"

type Form = "lid" | "phone" | "both"

const people = 30
const sightings = 200

/** Every third person has no number that WhatsApp tells, every third no LID. */
const formsOf = (n: number): ReadonlyArray<Form> => {
  if (n % 3 === 0) return ["lid"]
  return n % 3 === 1 ? ["phone"] : ["lid", "phone", "both"]
}

const named = (n: number, form: Form): PersonSeen => {
  if (form === "both") return { lid: lid(n), phoneJid: phone(n) }
  return form === "lid" ? { lid: lid(n) } : { phoneJid: phone(n) }
}

const seenAs = (n: number, pick: number) => {
  const forms = formsOf(n)
  return named(n, forms[pick % forms.length]!)
}

/** Five groups that everybody agrees on; how each member is addressed changes from time to time. */
const group = (g: number, picks: ReadonlyArray<number>): Sighting => ({
  _tag: "GroupSeen",
  jid: GroupJid.make(`12036302123456789${g}@g.us`),
  subject: `Group ${g}`,
  description: "",
  owner: undefined,
  createdAtWa: undefined,
  isAnnounce: false,
  isLocked: false,
  members: Array.from({ length: people }, (_, n) => n)
    .filter((n) => (n + g) % 5 < 2)
    .map((n) => ({ ...seenAs(n, picks[n]!), role: roleOf(n, g) })),
})

const roleOf = (n: number, g: number): MemberRole => (n % 7 === g ? "admin" : "member")

const person = FastCheck.nat(people - 1)
const pick = FastCheck.nat(5)
const anySighting: FastCheck.Arbitrary<Sighting> = FastCheck.oneof(
  FastCheck.tuple(person, pick, FastCheck.nat(7)).map(([n, how, names]): Sighting => ({
    _tag: "ContactSeen",
    person: seenAs(n, how),
    ...(names & 1 ? { savedName: `Saved ${n}` } : {}),
    ...(names & 2 ? { pushName: `Push ${n}` } : {}),
    ...(names & 4 ? { businessName: `Business ${n}` } : {}),
  })),
  FastCheck.tuple(person, pick).map(([n, how]): Sighting => ({
    _tag: "DirectChatSeen",
    person: seenAs(n, how),
  })),
  FastCheck.tuple(
    FastCheck.nat(4),
    FastCheck.array(pick, { minLength: people, maxLength: people }),
  ).map(([g, picks]) => group(g, picks)),
)

/** Who has two addresses is once said to have them; without that, nobody could know. */
const mappings = Array.from({ length: people }, (_, n) => n)
  .filter((n) => n % 3 === 2)
  .map((n): Sighting => ({ _tag: "ContactSeen", person: named(n, "both") }))

const seen = FastCheck.array(anySighting, {
  minLength: sightings - mappings.length,
  maxLength: sightings - mappings.length,
}).map((some) => [...some, ...mappings])

const order = FastCheck.shuffledSubarray(
  Array.from({ length: sightings }, (_, n) => n),
  { minLength: sightings },
)
const inOrder = (all: ReadonlyArray<Sighting>, order: ReadonlyArray<number>) =>
  order.map((index) => all[index]!)
const sizes = FastCheck.array(FastCheck.integer({ min: 1, max: 40 }), { minLength: sightings })

layer(Storage, { excludeTestServices: true })("200 sightings of 30 people", (it) => {
  it.effect(
    "come to the same contacts and memberships in any order and batches, and so does the log",
    () =>
      Effect.gen(function* () {
        const runtime = yield* Effect.runtime<Effect.Effect.Context<ReturnType<typeof outcomeOf>>>()
        const run = (...seen: Parameters<typeof outcomeOf>) =>
          Effect.runPromise(Effect.provide(outcomeOf(...seen), runtime))
        yield* Effect.promise(() =>
          FastCheck.assert(
            FastCheck.asyncProperty(seen, order, order, sizes, sizes, async (all, a, b, x, y) => {
              const one = await run(inOrder(all, a), x)
              expect(await run(inOrder(all, b), y)).toEqual(one)
              expect(one.contacts.length).toBeLessThanOrEqual(people)
            }),
            { numRuns: 8 },
          ),
        )
      }),
    60_000,
  )
})
