/** Signed by the provider, for somebody else, another time, or with nonsense in it. */
import { type Case, cases, each } from "./Case.ts"
import {
  assembled,
  claims,
  headerOf,
  now,
  type Pair,
  provider,
  signedBy,
  token,
  without,
} from "./Tokens.ts"

const claimed = (pair: Pair, name: string, values: ReadonlyArray<unknown>) =>
  each(`claim ${name}`, values, (value) => token(pair, { [name]: value }))

export const wrongClaimsBy = (pair: Pair): ReadonlyArray<Case> => [
  ...each("missing", ["iss", "aud", "sub", "exp", "org_id", "role"], (name) =>
    token(pair, without(name)),
  ),
  ...claimed(pair, "aud", [
    "other",
    "",
    [],
    ["other"],
    1,
    {},
    null,
    true,
    "WHATSAPP-GATEWAY",
    [["x"]],
  ]),
  ...claimed(pair, "iss", [
    "https://id.example.com",
    "",
    1,
    null,
    [],
    {},
    "https://attacker.example/",
  ]),
  ...claimed(pair, "sub", ["", 1, null, [], {}, "a\nb", "a\u0000", "x".repeat(256)]),
  ...claimed(pair, "org_id", [
    null,
    "",
    1,
    [claims.org_id],
    {},
    claims.org_id.toLowerCase(),
    `${claims.org_id}\n`,
    ` ${claims.org_id}`,
    claims.org_id.slice(0, -1),
    `${claims.org_id}0`,
    claims.org_id.slice(4),
    "org_' OR 1=1 --",
    "*",
  ]),
  ...claimed(pair, "role", [
    null,
    "",
    "Admin",
    "ADMIN",
    "super_admin",
    "root",
    ["admin"],
    { admin: true },
    true,
    "__proto__",
    "constructor",
    "toString",
    "admin ",
  ]),
  ...claimed(pair, "exp", [
    now - 30,
    now - 31,
    now - 3600,
    0,
    -1,
    String(now + 300),
    null,
    true,
    [],
    {},
    (now + 300) * 1000,
    1e15,
    1e300,
    Number.MAX_SAFE_INTEGER,
  ]),
  ...cases("claim exp as text", {
    infinite: assembled(
      headerOf(pair),
      JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'),
      signedBy(pair),
    ),
  }),
  ...claimed(pair, "nbf", [now + 31, now + 32, now + 3600, 1e300, String(now), null, true, [], {}]),
  ...each(
    "typ",
    ["JWE", "dpop+jwt", "logout+jwt", "id", "", 1, null, [], "JWT ", "secevent+jwt"],
    (typ) => token(pair, {}, { typ }),
  ),
  ...each(
    "alg",
    ["RS384", "RS512", "PS256", "RS256", "ES256", "EdDSA", "rs256", "", 1, null, []].filter(
      (alg) => alg !== pair.alg,
    ),
    (alg) => token(pair, {}, { alg }),
  ),
]

export const wrongClaims = wrongClaimsBy(provider.rsa)
