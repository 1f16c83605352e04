/** Verifiers that each lack one protection: what the corpus must find out. */
import { createLocalJWKSet, EmbeddedJWK, jwtVerify, type JWTVerifyOptions } from "jose"
import { audience, issuer, now, provider, published } from "./Tokens.ts"

const keys = createLocalJWKSet(published)
const strict: JWTVerifyOptions = {
  algorithms: ["RS256", "ES256", "EdDSA"],
  issuer,
  audience,
  requiredClaims: ["exp"],
  clockTolerance: 30,
  currentDate: new Date(now * 1000),
}
const pem = provider.rsa.publicKey.export({ type: "spki", format: "pem" })
const sharedSecret = Buffer.from(pem.toString())
const unsignedClaims = async (text: string) =>
  /^none$/i.test(JSON.parse(Buffer.from(text.split(".")[0]!, "base64url").toString()).alg)
    ? true
    : Promise.reject(new Error("signed"))

export const lacking: Readonly<Record<string, (text: string) => Promise<unknown>>> = {
  "our checks of shape and claims": (text) => jwtVerify(text, keys, strict),
  "an audience": (text) => jwtVerify(text, keys, { ...strict, audience: undefined! }),
  "an issuer": (text) => jwtVerify(text, keys, { ...strict, issuer: undefined! }),
  "a clock": (text) => jwtVerify(text, keys, { ...strict, currentDate: new Date(0) }),
  "a list of algorithms": (text) =>
    jwtVerify(text, sharedSecret, { ...strict, algorithms: ["HS256"] }),
  "keys of its own": (text) => jwtVerify(text, EmbeddedJWK, strict),
  "a need for signatures": unsignedClaims,
}
