const address =
  /[\w.:+-]*@(?:s\.whatsapp\.net|c\.us|lid|g\.us|hosted|broadcast|newsletter)[\w.:-]*/g

/** Numbers of phones, and what is before the `@` of other addresses. */
const digits = /\+?\d{7,}(?:[-:.]\d+)*/g

/** A text of the library's without the people and groups in it: fit for a log that anybody reads. */
export const nameless = (text: string) =>
  text.replace(address, "[address]").replace(digits, "[address]")
