import { Data, Effect, Schema } from "effect"
import { parseArgs, type ParseArgsConfig } from "node:util"

/** The command line was not understood, or what it asks for can not be done. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly message: string
}> {}

type Options = NonNullable<ParseArgsConfig["options"]>

export interface Given {
  readonly words: ReadonlyArray<string>
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

/** One thing the command line does. */
export interface Command<R> {
  /** How it is typed, e.g. `organizations create NAME`. */
  readonly usage: string
  /** What it does, in a few words. */
  readonly about: string
  readonly options?: Options
  /** What to print: a value for `--json`, and lines for a person. */
  readonly run: (given: Given) => Effect.Effect<Printed, CommandFailed, R>
}

export interface Printed {
  readonly value: unknown
  readonly lines: ReadonlyArray<string>
  /** Why the command fails although there is something to print. */
  readonly failure?: string
}

export const parseCommandLine = (
  args: ReadonlyArray<string>,
  options: Options,
): Effect.Effect<Given, CommandFailed> =>
  Effect.try({
    try: () => {
      const { positionals, values } = parseArgs({
        args: [...args],
        options: { ...options, json: { type: "boolean" } },
        allowPositionals: true,
      })
      return { words: positionals, options: values as Given["options"] }
    },
    catch: (cause) => new CommandFailed({ message: (cause as Error).message }),
  })

export const required = (given: Given, name: string): Effect.Effect<string, CommandFailed> => {
  const value = given.options[name]
  return typeof value === "string" && value !== ""
    ? Effect.succeed(value)
    : Effect.fail(new CommandFailed({ message: `--${name} is missing` }))
}

/** Two columns or more, each as wide as its widest cell. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = rows.reduce<ReadonlyArray<number>>(
    (all, row) => row.map((cell, index) => Math.max(cell.length, all[index] ?? 0)),
    [],
  )
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join("  ")
      .trimEnd(),
  )
}

/** What was typed, checked; the failure names the option and what was expected. */
export const understood = <A, I>(
  schema: Schema.Schema<A, I>,
  given: unknown,
  name: string,
  expected: string,
) =>
  Schema.decodeUnknown(schema)(given).pipe(
    Effect.mapError(() => new CommandFailed({ message: `${name}: expected ${expected}` })),
  )

/** So many hours or days; undefined where none were typed. */
export const countIn = (given: Given, name: string) => {
  const typed = given.options[name]
  if (typed === undefined) return Effect.succeed(undefined)
  const count = Schema.NumberFromString.pipe(Schema.positive(), Schema.lessThanOrEqualTo(most))
  return understood(count, typed, `--${name}`, `a number above 0, up to ${most}`)
}

const most = 100_000
