import { audience, now, type Pair, provider, token, without } from "./Tokens.ts"

/** Right up to the edges of what is refused. */
export const goodTokensBy = (pair: Pair): ReadonlyArray<string> => [
  token(pair),
  ...["member", "admin", "owner"].map((role) => token(pair, { role })),
  ...["jwt", "JWT", undefined, "at+jwt"].map((typ) => token(pair, {}, { typ })),
  token(pair, { exp: now - 29 }),
  token(pair, { exp: now + 0.5 }),
  token(pair, { exp: now + 10 * 365 * 86_400 }),
  token(pair, { nbf: now + 30 }),
  token(pair, { nbf: now - 1 }),
  token(pair, without("iat")),
  token(pair, { aud: ["other", audience] }),
  token(pair, { sub: "auth0|5f7c:8d" }),
  token(pair, { sub: "Zoë 🙂" }),
  token(pair, { extra: { nested: [1, { a: 'a:"b' }], text: '{"a":1}' } }),
  token(pair, { pad: "x".repeat(5000) }),
]

export const goodTokens = Object.values(provider).flatMap(goodTokensBy)
