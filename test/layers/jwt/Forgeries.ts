/** Signed by nobody, by somebody else, or by what is no key. */
import { createHmac, randomBytes } from "node:crypto"
import { type Case, cases, each } from "./Case.ts"
import {
  assembled,
  attacker,
  claims,
  headerOf,
  type Pair,
  provider,
  publicJwk,
  signedBy,
  token,
  weak,
} from "./Tokens.ts"

const { ec, ed, rsa } = provider

export const unsignedLike = (pair: Pair) =>
  ["none", "None", "NONE", "nOnE"].flatMap((alg) => {
    const header = { ...headerOf(pair), alg }
    return cases(`unsigned ${alg}`, {
      empty: assembled(header, claims, () => ""),
      random: assembled(header, claims, () => randomBytes(256)),
      borrowed: assembled(header, claims, () => token(pair).split(".")[2]!),
      signed: assembled(header, claims, signedBy(pair)),
    })
  })

/** A verifier that takes the key for a shared secret checks what anybody could have signed. */
export const confusionWith = (pair: Pair) => {
  const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString()
  const jwk = publicJwk(pair)
  const secrets: Record<string, string | Buffer> = {
    pem,
    trimmed: pem.trim(),
    der: pair.publicKey.export({ type: "spki", format: "der" }),
    jwk: JSON.stringify(jwk),
    raw: Buffer.from(String(jwk.n ?? jwk.x), "base64url"),
    shared: "shared",
  }
  return ["sha256", "sha384", "sha512"].flatMap((hash) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      each(`confusion ${pair.alg} ${hash} ${name}`, [pair.kid, "h1"], (kid) =>
        assembled({ alg: `HS${hash.slice(3)}`, kid, typ: "JWT" }, claims, (input) =>
          createHmac(hash, secret).update(input).digest(),
        ),
      ),
    ),
  )
}

const kids = [
  "../../../../dev/null",
  "/etc/passwd",
  "C:\\keys\\1.pem",
  "' OR '1'='1",
  "x' UNION SELECT 'secret' --",
  "https://attacker.example/jwks.json",
  "file:///proc/self/environ",
  "__proto__",
  "constructor",
  "toString",
  "",
  "\u0000",
  "r1\u0000",
  "R1",
  "r1 ",
  "$(id)",
  "x".repeat(4000),
  1,
  0,
  null,
  true,
  ["r1"],
  { kid: "r1" },
]
const keyIds = [attacker.rsa, rsa].flatMap((pair) =>
  each(`key id, ${pair === rsa ? "own" : "foreign"} key`, kids, (kid) => token(pair, {}, { kid })),
)

const embedded = Object.values(attacker).flatMap((pair) => {
  const headers = {
    jwk: { jwk: publicJwk(pair) },
    jku: { jku: "https://attacker.example/jwks.json" },
    localJku: { jku: "http://127.0.0.1:1/jwks.json" },
    x5u: { x5u: "https://attacker.example/chain.pem" },
    x5c: { x5c: [pair.publicKey.export({ type: "spki", format: "der" }).toString("base64")] },
    x5t: { x5t: randomBytes(20).toString("base64url") },
  }
  return Object.entries(headers).flatMap(([name, header]) =>
    each(`embedded ${name} ${pair.alg}`, [pair.kid, "unknown", undefined], (kid) =>
      token(pair, {}, { ...header, kid }),
    ),
  )
})

const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex")
const zero = Buffer.alloc(32)
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
const [r, s] = [randomBytes(32), randomBytes(32)]
const curves = each(
  "curve",
  [
    [zero, zero],
    [zero, one],
    [one, zero],
    [one, one],
    [order, order],
    [order, one],
    [one, order],
    [r, zero],
    [zero, s],
    [r, s],
    [Buffer.alloc(32, 0xff), Buffer.alloc(32, 0xff)],
    [zero],
    [],
    [zero, zero, zero],
  ].map((parts) => Buffer.concat(parts).toString("hex")),
  (hex) => assembled(headerOf(ec), claims, () => Buffer.from(hex || "00", "hex")),
)

const wrongKeys = [
  ...Object.values(attacker).map((pair) => ({ name: `forged ${pair.alg}`, token: token(pair) })),
  ...cases("weak", { rsa1024: token(weak) }),
  ...[rsa, ec, ed].flatMap((signer) =>
    [rsa, ec, ed]
      .filter((other) => other !== signer)
      .flatMap((other) =>
        cases(`${signer.alg} as ${other.alg}`, {
          kid: token(signer, {}, { kid: other.kid }),
          alg: token(signer, {}, { alg: other.alg }),
          both: token(signer, {}, { alg: other.alg, kid: other.kid }),
        }),
      ),
  ),
  ...cases("hash", {
    rs384: assembled({ ...headerOf(rsa), alg: "RS384" }, claims, signedBy(rsa, "sha384")),
    rs512: assembled({ ...headerOf(rsa), alg: "RS512" }, claims, signedBy(rsa, "sha512")),
  }),
]

export const forgeries: ReadonlyArray<Case> = [
  ...unsignedLike(rsa),
  ...[rsa, ec, ed].flatMap(confusionWith),
  ...keyIds,
  ...embedded,
  ...curves,
  ...wrongKeys,
]
