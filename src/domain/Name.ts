import { Schema } from "effect"

/** What people call an organization or a key of theirs. */
export const Name = Schema.String.pipe(
  Schema.minLength(1),
  Schema.maxLength(100),
  Schema.annotations({ description: "a name of 1 to 100 characters" }),
)
