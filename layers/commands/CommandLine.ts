import { Cause, Console, Effect, Layer, Logger, LogLevel, Option } from "effect"
import { type Environment, Settings } from "../../src/Settings.ts"
import * as EmbeddedPostgres from "../EmbeddedPostgres.ts"
import { administration } from "../Main.ts"
import { type Command, CommandFailed, parseCommandLine } from "./Command.ts"
import { administrative, type AdministrativeNeeds, offline, undaunted } from "./index.ts"
import { start } from "./Start.ts"

/** Runs what the arguments ask for. Fails with a sentence for the person who typed it. */
export const commandLine = (
  args: ReadonlyArray<string>,
  env: Environment,
): Effect.Effect<void, CommandFailed> =>
  Effect.gen(function* () {
    const told = undaunted(env).find((command) => isMeant(command, args))
    if (told !== undefined) return yield* run(told, args)
    const settings = yield* settingsIn(env)
    const level = logLevels[settings.logLevel]
    const here = chosen(args, level)
    if (here === undefined) return yield* new CommandFailed({ message: usage })
    yield* Effect.provideService(here, Settings, settings)
  }).pipe(inOneSentence)

type Doing = Effect.Effect<void, unknown, Settings>

const chosen = (args: ReadonlyArray<string>, level: LogLevel.LogLevel): Doing | undefined => {
  if (args.length === 1 && args[0] === "start") {
    return start.pipe(Effect.provide(Logger.minimumLogLevel(level)), Effect.provide(logs))
  }
  const told = offline.find((command) => isMeant(command, args))
  if (told !== undefined) return run(told, args)
  const done = administrative.find((command) => isMeant(command, args))
  return done === undefined ? undefined : administer(run(done, args))
}

/** One JSON object a line for whoever collects them; a person at a terminal reads them otherwise. */
const logs = process.stdout.isTTY
  ? Layer.empty
  : Layer.merge(Logger.remove(Logger.prettyLoggerDefault), Logger.json)

/** What a command prints is for programs too, so what is worth a warning goes elsewhere. */
const warningsAside = Layer.mergeAll(
  Logger.remove(Logger.defaultLogger),
  Logger.remove(Logger.prettyLoggerDefault),
  Logger.add(Logger.prettyLogger({ stderr: true })),
  Logger.minimumLogLevel(LogLevel.Warning),
)

const administer = (doing: ReturnType<typeof run<AdministrativeNeeds>>) =>
  doing.pipe(Effect.provide(administration(EmbeddedPostgres.reach)), Effect.provide(warningsAside))

/** `keys create --organization ID` is meant by `keys create …`. */
const isMeant = ({ usage }: Pick<Command<never>, "usage">, args: ReadonlyArray<string>) =>
  wordsOf(usage).every((word, index) => args[index] === word)

const wordsOf = (usage: string) => usage.split(" ").filter((word) => /^[a-z]+$/.test(word))

const run = <R>(command: Command<R>, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const rest = args.slice(wordsOf(command.usage).length)
    const given = yield* parseCommandLine(rest, command.options ?? {})
    const { failure, lines, value } = yield* command.run(given)
    yield* Console.log(given.options["json"] === true ? JSON.stringify(value) : lines.join("\n"))
    if (failure !== undefined) return yield* new CommandFailed({ message: failure })
  })

const settingsIn = (env: Environment) =>
  Effect.mapError(
    Settings.parse(env),
    (problems) =>
      new CommandFailed({
        message: problems.map(({ expected, name }) => `${name}: expected ${expected}`).join("\n"),
      }),
  )

const logLevels = {
  debug: LogLevel.Debug,
  info: LogLevel.Info,
  warning: LogLevel.Warning,
  error: LogLevel.Error,
}

const inOneSentence = <R>(doing: Effect.Effect<void, unknown, R>) =>
  Effect.catchAllCause(doing, (cause) => {
    if (Cause.isInterruptedOnly(cause)) return Effect.interrupt
    const failure = Cause.failureOption(cause)
    return new CommandFailed({
      message: Option.isSome(failure)
        ? sentenceOf(failure.value)
        : `an unexpected failure: ${Cause.pretty(cause)}`,
    })
  })

/** Some only wrap what went wrong, as a port that is taken, without a word of their own. */
const sentenceOf = (failure: unknown): string => {
  if (!(failure instanceof Error)) return String(failure)
  if (failure.message !== "") return failure.message
  return failure.cause === undefined ? failure.name : sentenceOf(failure.cause)
}

const usage = [
  "Usage: gateway COMMAND [--json]",
  "",
  "  start",
  "      serves, on an embedded database unless DATABASE_URL is set",
  ...[...administrative, ...offline, ...undaunted({})].flatMap(({ about, usage }) => [
    `  ${usage}`,
    `      ${about}`,
  ]),
].join("\n")
