import { Schema } from "effect"

/** The one answer to every token that is not good; why is nobody's business but the issuer's. */
export class TokenInvalid extends Schema.TaggedError<TokenInvalid>()("TokenInvalid", {}) {
  override get message() {
    return "login token not valid"
  }
}
