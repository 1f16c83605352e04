/** Not quite a token: too long, cut, altered, of another kind, or with something said twice. */
import { randomBytes } from "node:crypto"
import { type Case, cases, each } from "./Case.ts"
import { assembled, claims, headerOf, provider, signedBy, token } from "./Tokens.ts"

const { ec, ed, rsa } = provider

const critical = each(
  "critical",
  [
    { crit: ["exp"] },
    { crit: ["b64"], b64: false },
    { crit: ["b64"], b64: true },
    { crit: [] },
    { crit: ["unknown"], unknown: 1 },
    { crit: "b64", b64: false },
    { crit: null },
  ],
  (header) => token(rsa, {}, header),
)

const unencoded = cases("unencoded payload", {
  b64: (() => {
    const header = Buffer.from(JSON.stringify({ ...headerOf(rsa), b64: false, crit: ["b64"] }))
    const payload = JSON.stringify(claims)
    const input = Buffer.from(`${header.toString("base64url")}.${payload}`)
    return `${input}.${signedBy(rsa)(input).toString("base64url")}`
  })(),
})

const good = token(rsa)
const [head = "", body = "", tail = ""] = good.split(".")
const otherShapes = cases("shape", {
  encrypted: `${Buffer.from('{"alg":"dir","enc":"A256GCM","kid":"r1"}').toString("base64url")}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  wrapped: `${Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM","kid":"r1"}').toString("base64url")}.${randomBytes(256).toString("base64url")}.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  nested: assembled({ ...headerOf(rsa), cty: "JWT" }, good, signedBy(rsa)),
  nestedText: assembled({ ...headerOf(rsa), cty: "JWT" }, JSON.stringify(good), signedBy(rsa)),
  json: JSON.stringify({ payload: body, protected: head, signature: tail }),
  generalJson: JSON.stringify({
    payload: body,
    signatures: [{ protected: head, signature: tail }],
  }),
  array: assembled(headerOf(rsa), "[]", signedBy(rsa)),
  nullPayload: assembled(headerOf(rsa), "null", signedBy(rsa)),
  number: assembled(headerOf(rsa), "1", signedBy(rsa)),
  noJson: assembled(headerOf(rsa), "{", signedBy(rsa)),
  headerArray: assembled("[]", claims, signedBy(rsa)),
  headerNull: assembled("null", claims, signedBy(rsa)),
  headerEmpty: assembled("{}", claims, signedBy(rsa)),
  headerNoJson: assembled("alg", claims, signedBy(rsa)),
  deep: assembled(headerOf(rsa), `${"[".repeat(3000)}${"]".repeat(3000)}`, signedBy(rsa)),
  empty: "",
  dots: "..",
  moreDots: "....",
  twoParts: `${head}.${body}`,
  fourParts: `${good}.${tail}`,
  twice: good + good,
  padded: `${good}==`,
  spaceBefore: ` ${good}`,
  spaceAfter: `${good} `,
  newline: `${good}\n`,
  scheme: `Bearer ${good}`,
  wrongAlphabet: good.replaceAll("-", "+").replaceAll("_", "/") + "=",
  nul: `${good}\u0000`,
  emptySignature: `${head}.${body}.`,
  emptyPayload: `${head}..${tail}`,
  emptyHeader: `.${body}.${tail}`,
  long: token(rsa, { pad: "x".repeat(8192) }),
  megabyte: token(rsa, { pad: "x".repeat(1_000_000) }),
  megabyteHeader: token(rsa, {}, { pad: "x".repeat(1_000_000) }),
  megabyteOfDots: ".".repeat(1_000_000),
  megabyteOfLetters: "a".repeat(1_000_000),
})

const duplicated = Object.entries({
  org_id: '"org_01J9ZX8K2QHV0M3T6R7P4N5W8D"',
  role: '"owner"',
  sub: '"user_2"',
  iss: '"https://attacker.example"',
  aud: '"other"',
  exp: "1",
  platform_role: '"super_admin","platform_role":"none"',
  "org\\u005fid": '"org_01J9ZX8K2QHV0M3T6R7P4N5W8D"',
}).flatMap(([name, value]) => {
  const plain = JSON.stringify(claims)
  return cases(`duplicate ${name}`, {
    first: assembled(headerOf(rsa), `{"${name}":${value},${plain.slice(1)}`, signedBy(rsa)),
    last: assembled(headerOf(rsa), `${plain.slice(0, -1)},"${name}":${value}}`, signedBy(rsa)),
  }).filter((_, index) => name !== "platform_role" || index === 1)
})
const duplicatedHeader = cases("duplicate header", {
  alg: assembled('{"alg":"none","alg":"RS256","kid":"r1"}', claims, signedBy(rsa)),
  kid: assembled('{"alg":"RS256","kid":"x","kid":"r1"}', claims, signedBy(rsa)),
})

const otherClaims = token(rsa, { role: "owner" }).split(".")
const mixed = cases("mixed", {
  payload: `${head}.${otherClaims[1]}.${tail}`,
  signature: `${head}.${body}.${otherClaims[2]}`,
  header: `${token(ec).split(".")[0]}.${body}.${tail}`,
})

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
export const altered = (name: string, whole: string) => [
  ...each(
    `cut ${name}`,
    Array.from({ length: whole.length }, (_, length) => length).filter((n) => n % 7 === 0),
    (length) => whole.slice(0, length),
  ),
  ...each(
    `flip ${name}`,
    Array.from(whole, (_, index) => index),
    (index) => {
      const at = alphabet.indexOf(whole.charAt(index))
      const other = alphabet.charAt((at + 1) % 64)
      return whole.slice(0, index) + other + whole.slice(index + 1)
    },
  ),
]
/** The last character of a signature has two or four bits that no byte needs. */
const spareBits = [token(ec), good].flatMap((whole) =>
  each(
    "spare bits",
    [...alphabet].filter((other) => other !== whole.at(-1)),
    (other) => whole.slice(0, -1) + other,
  ),
)

export const misshapen: ReadonlyArray<Case> = [
  ...critical,
  ...unencoded,
  ...otherShapes,
  ...duplicated,
  ...duplicatedHeader,
  ...mixed,
  ...altered("RS256", good),
  ...altered("ES256", token(ec)),
  ...altered("EdDSA", token(ed)),
  ...spareBits,
]
