// Control characters, which no database stores or log survives, halves of characters, and marks
// that turn the direction of what follows.
const unwanted = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const unwantedBetweenLines = /(?!\n)[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const longest = 256
const longestText = 2048

/** A name as a stranger chose it, as one line that reads from left to right as it is stored. */
export const plainName = (text: string): string => plainId(text).trim()

/** An id that somebody else chose. */
export const plainId = (text: string): string => text.slice(0, longest).replace(unwanted, "")

/** What a stranger wrote, line by line, each as a name. */
export const plainText = (text: string): string =>
  text.slice(0, longestText).replace(unwantedBetweenLines, "").trim()
