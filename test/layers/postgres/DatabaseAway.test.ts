import { describe, expect, it } from "vitest"
import { isDatabaseAway } from "../../../layers/Postgres.ts"

const failedWith = (code: string) =>
  Object.assign(new Error("Failed to execute statement"), {
    cause: Object.assign(new Error("it failed"), { code }),
  })

describe("isDatabaseAway", () => {
  it.each([
    ["08006", "connection_failure"],
    ["25006", "read_only_sql_transaction, as on a standby"],
    ["53000", "insufficient_resources"],
    ["53100", "disk_full"],
    ["53200", "out_of_memory"],
    ["53300", "too_many_connections"],
    ["57014", "query_canceled"],
    ["57P01", "admin_shutdown"],
    ["57P02", "crash_shutdown"],
    ["57P03", "cannot_connect_now, as while it recovers"],
    ["57P05", "idle_session_timeout"],
    ["58030", "io_error"],
    ["ECONNREFUSED", "nobody listens"],
    ["ENETUNREACH", "no way there"],
  ])("takes %s (%s) for a database that is away", (code) => {
    expect(isDatabaseAway(failedWith(code))).toBe(true)
  })

  it.each([
    ["22P02", "invalid_text_representation"],
    ["23505", "unique_violation"],
    ["42501", "insufficient_privilege"],
    ["53400", "configuration_limit_exceeded"],
    ["55000", "object_not_in_prerequisite_state"],
    ["57P04", "database_dropped"],
    ["GL001", "a lease that is lost"],
    ["XX001", "data_corrupted"],
  ])("takes %s (%s) for an answer", (code) => {
    expect(isDatabaseAway(failedWith(code))).toBe(false)
  })

  it.each([[undefined], [null], ["08006"], [new Error("no")], [{ code: 8006 }]])(
    "takes what carries no code (%s) for an answer",
    (failure) => {
      expect(isDatabaseAway(failure)).toBe(false)
    },
  )
})
