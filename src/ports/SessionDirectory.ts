import { Context } from "effect"
import type { Sessions } from "./Sessions.ts"

/** The attached numbers of an organization, to be looked at; what changes them is in `Sessions`. */
export class SessionDirectory extends Context.Tag("src/ports/SessionDirectory")<
  SessionDirectory,
  Pick<Sessions["Type"], "list" | "get">
>() {}
