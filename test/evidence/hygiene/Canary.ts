/** Something that must not be seen, and every way in which it could be written. */
export interface Canary {
  readonly kind: string
  readonly forms: ReadonlyArray<string>
}

export const textCanary = (kind: string, text: string): Canary => ({
  kind,
  forms: [text, Buffer.from(text).toString("base64").replace(/=+$/, ""), hexOf(Buffer.from(text))],
})

export const bytesCanary = (kind: string, bytes: Uint8Array): Canary => {
  const hex = hexOf(bytes)
  const base64 = Buffer.from(bytes).toString("base64").replace(/=+$/, "")
  const url = Buffer.from(bytes).toString("base64url")
  // The last two are how JSON and `inspect` show bytes.
  const forms = [hex, base64, url, bytes.join(), hex.replace(/(..)(?=.)/g, "$1 ")]
  return { kind, forms: [...new Set(forms)] }
}

/** Which kinds are to be seen in the text, each once. */
export const kindsSeen = (text: string, canaries: ReadonlyArray<Canary>): ReadonlyArray<string> => [
  ...new Set(
    canaries
      .filter(({ forms }) => forms.some((form) => text.includes(form)))
      .map(({ kind }) => kind),
  ),
]

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")
