/** Why the gateway does not start. Never carries the value that was found. */
export interface Problem {
  readonly name: string
  readonly expected: string
}

/** The environment as given; an empty text counts as unset, as Compose files write it. */
export type Environment = Readonly<Record<string, string | undefined>>
