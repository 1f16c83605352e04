import type { Emulator } from "./Emulator.ts"
import type { Person } from "./people/Person.ts"
import type { Group } from "./world/Group.ts"

/** How many strangers, how many groups, and how many of the strangers in each group. */
export type Crowd = {
  readonly people: number
  readonly groups: number
  readonly members: number
  /** People who are in every group as well. */
  readonly include?: ReadonlyArray<Person>
  /** Who created every group; otherwise a different stranger each time. */
  readonly owner?: Person
}

export type Population = {
  readonly people: ReadonlyArray<Person>
  readonly groups: ReadonlyArray<Group>
}

/** Groups take their members in turn from the crowd, so that neighbours share some and not others. */
export const populate = (
  emulator: Emulator,
  { people: size, groups: count, members, include = [], owner }: Crowd,
): Population => {
  const people = Array.from({ length: size }, () => emulator.addPerson())
  const groups = Array.from({ length: count }, (_, index) => {
    const some = slice(people, index * 7, Math.min(members, size))
    const creator = owner ?? some[0] ?? include[0]
    if (!creator) throw new Error("a group needs somebody to create it")
    const subject = `Group ${index + 1}`
    return emulator.addGroup({ subject, owner: creator, members: [...include, ...some] })
  })
  return { people, groups }
}

const slice = (people: ReadonlyArray<Person>, start: number, length: number) =>
  Array.from({ length }, (_, offset) => people[(start + offset) % people.length]).filter(
    (person) => person !== undefined,
  )
