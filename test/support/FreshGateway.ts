import { migrations } from "../../migrations/index.ts"
import * as Database from "./Database.ts"
import { gatewayOn } from "./Gateway.ts"

/** A whole gateway on a database of its own, dropped when the test file ends. */
export const gateway = (env?: Readonly<Record<string, string>>) =>
  gatewayOn(Database.migrated(migrations), env)
