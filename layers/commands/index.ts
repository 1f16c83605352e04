import type { ApiKeys } from "../../src/ports/ApiKeys.ts"
import type { Organizations } from "../../src/ports/Organizations.ts"
import type { Environment, Settings } from "../../src/Settings.ts"
import type { SystemSql } from "../Postgres.ts"
import type { Command } from "./Command.ts"
import { showConfig } from "./Config.ts"
import { createKey, listKeys, removeKey } from "./Keys.ts"
import { migrate } from "./Migrate.ts"
import { createOrganization, listOrganizations } from "./Organizations.ts"
import { listPlugins } from "./Plugins.ts"
import { rotateSecrets } from "./Secrets.ts"
import { issueToken } from "./Tokens.ts"

export type AdministrativeNeeds = ApiKeys | Organizations | SystemSql | Settings

/** What the command line does on the database. */
export const administrative: ReadonlyArray<Command<AdministrativeNeeds>> = [
  createOrganization,
  listOrganizations,
  createKey,
  listKeys,
  removeKey,
  migrate,
  rotateSecrets,
  issueToken,
]

/** What it can tell without one. */
export const offline: ReadonlyArray<Command<Settings>> = [listPlugins]

/** What it can tell although the settings are wrong. */
export const undaunted = (env: Environment): ReadonlyArray<Command<never>> => [showConfig(env)]
