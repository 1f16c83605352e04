import { Data } from "effect"

/** The database can not be used: which step of the start did not succeed, and what an operator can do about it. */
export class DatabaseNotStarted extends Data.TaggedError("DatabaseNotStarted")<{
  readonly step:
    "binaries" | "folder" | "lock" | "version" | "initdb" | "start" | "connect" | "roles"
  readonly reason: string
}> {
  override get message() {
    return `the database is not started: ${this.reason}`
  }
}
