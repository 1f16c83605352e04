/** A token with the reason why it is bad. */
export interface Case {
  readonly name: string
  readonly token: string
}

export const cases = (
  group: string,
  entries: Readonly<Record<string, string>> | ReadonlyArray<string>,
): ReadonlyArray<Case> =>
  Object.entries(entries).map(([name, token]) => ({ name: `${group}: ${name}`, token }))

export const each = <A>(group: string, values: ReadonlyArray<A>, tokenOf: (value: A) => string) =>
  values.map((value) => ({
    name: `${group}: ${JSON.stringify(value)?.slice(0, 60)}`,
    token: tokenOf(value),
  }))
