/** The server's "no": the code clients see, its text, and what comes with it. */
export class Refusal {
  readonly code: number
  readonly text: string
  readonly attrs: Record<string, string>

  constructor(code: number, text: string, attrs: Record<string, string> = {}) {
    this.code = code
    this.text = text
    this.attrs = attrs
  }
}

/** The actor is a member but not an admin. */
export const notAuthorized = new Refusal(401, "not-authorized")
/** The actor is not a member, or the other person's privacy forbids it. */
export const forbidden = new Refusal(403, "forbidden")
export const notFound = new Refusal(404, "item-not-found")
export const notAllowed = new Refusal(405, "not-allowed")
/** An invite that never existed, or a value nobody may set. */
export const notAcceptable = new Refusal(406, "not-acceptable")
export const conflict = new Refusal(409, "conflict")
/** An invite that was revoked. */
export const gone = new Refusal(410, "gone")
/** The group is full. */
export const resourceLimit = new Refusal(419, "resource-limit")
export const unsupported = new Refusal(501, "feature-not-implemented")
