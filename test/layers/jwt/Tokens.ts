/** An identity provider's keys, and tokens made by hand: good ones and any others. */
import { generateKeyPairSync, type KeyObject, sign as signature } from "node:crypto"
import type { JSONWebKeySet, JWK } from "jose"

export const issuer = "https://id.example.com/"
export const audience = "whatsapp-gateway"
export const organization = "org_01J9ZX8K2QHV0M3T6R7P4N5W8C"
/** Seconds; what the test clock is set to. */
export const now = 1_800_000_000

export interface Pair {
  readonly alg: string
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const rsa = (alg: string, kid: string, modulusLength = 2048): Pair => ({
  alg,
  kid,
  ...generateKeyPairSync("rsa", { modulusLength }),
})
const ec = (kid: string): Pair => ({
  alg: "ES256",
  kid,
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
})
const ed = (kid: string): Pair => ({ alg: "EdDSA", kid, ...generateKeyPairSync("ed25519") })

export const provider = { rsa: rsa("RS256", "r1"), ec: ec("e1"), ed: ed("d1") }
export const attacker = { rsa: rsa("RS256", "r1"), ec: ec("e1"), ed: ed("d1") }
export const weak = rsa("RS256", "w1", 1024)
export const next = ec("e2")

export const publicJwk = ({ alg, kid, publicKey }: Pair): JWK => ({
  ...(publicKey.export({ format: "jwk" }) as JWK),
  alg,
  kid,
  use: "sig",
})

export const keySet = (...pairs: ReadonlyArray<Pair>): JSONWebKeySet => ({
  keys: pairs.map(publicJwk),
})

/** What the provider publishes; a weak key and a shared secret by mistake. */
export const published: JSONWebKeySet = {
  keys: [
    ...keySet(provider.rsa, provider.ec, provider.ed, weak).keys,
    { kty: "oct", kid: "h1", alg: "HS256", k: Buffer.from("shared").toString("base64url") },
  ],
}

export const claims = {
  iss: issuer,
  aud: audience,
  sub: "user_1",
  iat: now,
  exp: now + 300,
  org_id: organization,
  role: "admin",
}

type Json = string | object
const encoded = (part: Json) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url")

/** Text is taken as it is, so a part may be any JSON, or none. */
export const assembled = (
  header: Json,
  payload: Json,
  sign: (input: Buffer) => Buffer | string,
): string => {
  const input = `${encoded(header)}.${encoded(payload)}`
  const made = sign(Buffer.from(input))
  return `${input}.${typeof made === "string" ? made : made.toString("base64url")}`
}

export const signedBy =
  ({ alg, privateKey }: Pair, hash = "sha256") =>
  (input: Buffer): Buffer =>
    alg === "EdDSA"
      ? signature(null, input, privateKey)
      : signature(hash, input, { key: privateKey, dsaEncoding: "ieee-p1363" })

export const headerOf = ({ alg, kid }: Pair) => ({ alg, kid, typ: "JWT" })

export const token = (pair: Pair, changes: object = {}, header: object = {}): string =>
  assembled({ ...headerOf(pair), ...header }, { ...claims, ...changes }, signedBy(pair))

export const without = (...names: ReadonlyArray<string>) =>
  Object.fromEntries(names.map((name) => [name, undefined]))
