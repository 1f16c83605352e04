import { Context, Either, Option, type Redacted } from "effect"
import type { Version } from "./settings/Kind.ts"
import type { Environment, Problem } from "./settings/Problem.ts"
import { broken } from "./settings/Rules.ts"
import type { Setting } from "./settings/Setting.ts"
import { type algorithms, table, type Values } from "./settings/Table.ts"
import { typos } from "./settings/Typos.ts"

export type { Environment, Problem } from "./settings/Problem.ts"

/** Where login tokens come from; `None` leaves API keys as the only credential. */
export type IdentityProvider =
  | { readonly _tag: "None" }
  | {
      readonly _tag: "Remote"
      readonly jwksUrl: URL
      readonly issuer: string
      readonly audience: string
    }
  | { readonly _tag: "Local"; readonly issuer: string; readonly audience: string }

export interface AuthSettings {
  readonly provider: IdentityProvider
  readonly organizationClaim: string
  readonly roleClaim: string
  readonly platformClaim: string
  readonly algorithms: ReadonlyArray<(typeof algorithms)[number]>
}

/** How this process was told to run: environment variables, checked once at the start. */
export class Settings extends Context.Tag("src/Settings")<
  Settings,
  {
    readonly host: string
    readonly port: number
    readonly dataDir: string
    /** Undefined means the embedded database. */
    readonly databaseUrl: Redacted.Redacted | undefined
    readonly databasePool: number
    readonly auth: AuthSettings
    readonly gatewayId: string
    /** Undefined means the one that is kept in `dataDir`. */
    readonly masterKey: Redacted.Redacted<Uint8Array> | undefined
    /** Known beside `masterKey` while a rotation is under way. */
    readonly previousMasterKey: Redacted.Redacted<Uint8Array> | undefined
    readonly plugins: ReadonlyArray<string>
    readonly pgBin: string | undefined
    readonly whatsapp: {
      readonly url: URL
      readonly version: Version | undefined
      readonly loginsAtOnce: number
      readonly loginsPerSecond: number
    }
    readonly logLevel: "debug" | "info" | "warning" | "error"
    /** Undefined means that there are no metrics to see. */
    readonly metricsToken: Redacted.Redacted | undefined
    readonly corsOrigins: ReadonlyArray<string>
    /** Bytes. */
    readonly bodyLimit: number
    readonly requestTimeoutSeconds: number
    readonly maxConnections: number
  }
>() {
  /** Reads the whole environment; every problem is named at once, in the order of the table. */
  static readonly parse = (
    env: Environment,
  ): Either.Either<Settings["Type"], ReadonlyArray<Problem>> => {
    const [values, problems] = judged(env)
    return problems.length > 0 ? Either.left(problems) : Either.right(grouped(values as Values))
  }

  /** What is in force, where it came from and what is wrong with it, fit to be printed. */
  static readonly describe = (env: Environment): ReadonlyArray<DescribedSetting> => {
    const [, problems] = judged(env)
    const known = settingsTable.map((setting) => described(setting, env, problems))
    const strangers = problems.filter(({ name }) => !known.some((row) => row.name === name))
    return [...known, ...strangers.map(stranger)]
  }
}

export interface DescribedSetting {
  readonly name: string
  readonly value: string
  readonly origin: "default" | "environment"
  /** What was expected instead. */
  readonly problem?: string
}

/** Every setting in the order operators read them; the README's table is checked against it. */
export const settingsTable: ReadonlyArray<Setting<unknown>> = Object.values(table)

const textOf = (env: Environment, name: string) => env[name] || undefined

const judged = (env: Environment): [Partial<Values>, ReadonlyArray<Problem>] => {
  const [values, unread] = read(env)
  const given = (name: string) => textOf(env, name) !== undefined
  return [values, [...unread, ...broken(values, given), ...typos(env)]]
}

const described = (
  setting: Setting<unknown>,
  env: Environment,
  problems: ReadonlyArray<Problem>,
): DescribedSetting => {
  const { name } = setting
  const text = textOf(env, name)
  const own = problems.filter((problem) => problem.name === name)
  return {
    name,
    value: shown(setting, text ?? setting.default),
    origin: text === undefined ? "default" : "environment",
    ...(own.length > 0 && { problem: own.map(({ expected }) => expected).join("; ") }),
  }
}

/** A misspelt name: what it was given may be a secret. */
const stranger = ({ expected, name }: Problem): DescribedSetting => ({
  name,
  value: "",
  origin: "environment",
  problem: expected,
})

// A value that is not valid is not shown either: it may be a secret in the wrong place.
const shown = (setting: Setting<unknown>, text: string | undefined): string => {
  if (text === undefined) return ""
  if (setting.secret) return "(secret)"
  return Option.isSome(setting.kind.read(text)) ? text : "(not valid)"
}

const read = (env: Environment): [Partial<Values>, ReadonlyArray<Problem>] => {
  const values: Record<string, unknown> = {}
  const problems: Array<Problem> = []
  for (const [key, setting] of Object.entries<Setting<unknown>>(table)) {
    const text = textOf(env, setting.name) ?? setting.default
    if (text === undefined) continue
    const value = setting.kind.read(text)
    if (Option.isSome(value)) values[key] = value.value
    else problems.push({ name: setting.name, expected: setting.kind.expected })
  }
  return [values, problems]
}

const grouped = (values: Values): Settings["Type"] => ({
  host: values.host,
  port: values.port,
  dataDir: values.dataDir,
  databaseUrl: values.databaseUrl,
  databasePool: values.databasePool,
  auth: {
    provider: providerOf(values),
    organizationClaim: values.authOrganizationClaim,
    roleClaim: values.authRoleClaim,
    platformClaim: values.authPlatformClaim,
    algorithms: values.authAlgorithms,
  },
  gatewayId: values.gatewayId,
  masterKey: values.gatewayMasterKey,
  previousMasterKey: values.gatewayMasterKeyPrevious,
  plugins: values.gatewayPlugins ?? [],
  pgBin: values.gatewayPgBin,
  whatsapp: {
    url: values.whatsappUrl,
    version: values.whatsappVersion,
    loginsAtOnce: values.whatsappLoginsAtOnce,
    loginsPerSecond: values.whatsappLoginsPerSecond,
  },
  logLevel: values.logLevel,
  metricsToken: values.metricsToken,
  corsOrigins: values.corsOrigins ?? [],
  bodyLimit: values.bodyLimit,
  requestTimeoutSeconds: values.requestTimeoutSeconds,
  maxConnections: values.maxConnections,
})

const providerOf = (values: Values): IdentityProvider => {
  const { authAudience, authIssuer, authJwksUrl, authLocal } = values
  if (authLocal === "on")
    return {
      _tag: "Local",
      issuer: authIssuer ?? "whatsapp-gateway",
      audience: authAudience ?? "whatsapp-gateway",
    }
  // The rules have made sure that the three come together.
  return authJwksUrl !== undefined && authIssuer !== undefined && authAudience !== undefined
    ? { _tag: "Remote", jwksUrl: authJwksUrl, issuer: authIssuer, audience: authAudience }
    : { _tag: "None" }
}
