import { Option } from "effect"
import type { JWSHeaderParameters } from "jose"

const mostCharacters = 8192
const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/
/** Of the kinds of token a provider signs with the same keys, those that are meant for apis. */
const kinds = new Set(["jwt", "at+jwt", "application/at+jwt"])

/** The header of what could be a login token; cheap, and before anything is trusted or fetched. */
export const headerOf = (
  token: string,
  algorithms: ReadonlyArray<string>,
): Option.Option<JWSHeaderParameters> => {
  if (token.length > mostCharacters || !compact.test(token)) return Option.none()
  const [head = "", body = "", signature = ""] = token.split(".")
  // The last character has bits to spare: without this, one signature could be written in many ways.
  if (Buffer.from(signature, "base64url").toString("base64url") !== signature) return Option.none()
  return Option.filter(
    Option.zipLeft(objectIn(head), objectIn(body)),
    ({ alg, crit, kid, typ }) =>
      typeof alg === "string" &&
      algorithms.includes(alg) &&
      crit === undefined &&
      (kid === undefined || typeof kid === "string") &&
      (typ === undefined || (typeof typ === "string" && kinds.has(typ.toLowerCase()))),
  )
}

/** None as well for a member that is there twice: who signed it may have meant the other one. */
const objectIn = (part: string): Option.Option<Record<string, unknown>> => {
  const text = Buffer.from(part, "base64url").toString()
  return Option.filter(parsed(text), (value) => Object.keys(value).length === members(text))
}

const parsed = Option.liftThrowable((text: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(text)
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError()
  return value as Record<string, unknown>
})

/** Every colon outside of texts and of inner objects belongs to one member. */
const members = (json: string): number => {
  let [count, depth, inText] = [0, 0, false]
  for (let at = 0; at < json.length; at++) {
    const character = json[at]!
    if (inText && character === "\\") at++
    else if (character === '"') inText = !inText
    else if (inText) continue
    else if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") depth--
    else if (character === ":" && depth === 1) count++
  }
  return count
}
