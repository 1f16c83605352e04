import { Schema } from "effect"

/**
 * A stored secret was altered, cut, or moved to where it does not belong. Nothing a caller did, so
 * nothing a caller is told; the record's id is left out because it may be a phone number.
 */
export class SecretDamaged extends Schema.TaggedError<SecretDamaged>()("SecretDamaged", {
  organizationId: Schema.NullOr(Schema.String),
  sessionId: Schema.NullOr(Schema.String),
  type: Schema.String,
}) {
  override get message() {
    return `a stored ${this.type} of session ${this.sessionId} does not open`
  }
}
