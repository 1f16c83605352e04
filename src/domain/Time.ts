import { Schema } from "effect"

export const EpochMillis = Schema.Int.annotations({
  description: "a time in epoch milliseconds",
  examples: [1_767_225_600_000],
})
