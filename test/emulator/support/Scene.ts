import type { Notice, Outcome } from "../world/Notice.ts"
import { isRefusal } from "../world/Notice.ts"
import type { NewGroup } from "../world/World.ts"
import { World } from "../world/World.ts"

/** Four people and one group that Bob made and Alice and Carol are in; Dave is a stranger. */
export const scene = (settings: Partial<NewGroup> = {}) => {
  const world = new World(7)
  const [alice, bob, carol, dave] = [
    world.addPerson({ name: "Alice" }).id,
    world.addPerson({ name: "Bob" }).id,
    world.addPerson({ name: "Carol" }).id,
    world.addPerson({ name: "Dave" }).id,
  ]
  const members = [alice, carol]
  const group = world.addGroup({ subject: "Club", owner: bob, members, ...settings })
  return { world, alice, bob, carol, dave, group, jid: group.jid }
}

/** The code an operation was refused with; `undefined` when it was done. */
export const codeOf = (outcome: Outcome<unknown>) => (isRefusal(outcome) ? outcome.code : undefined)

/** The result of an operation that has to succeed. */
export const resultOf = <A>(outcome: Outcome<A>): A => {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.code} ${outcome.text}`)
  return outcome.result
}

export const noticesOf = (outcome: Outcome<unknown>): ReadonlyArray<Notice> => {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.code} ${outcome.text}`)
  return outcome.notices
}
