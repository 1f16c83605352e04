/** A whole number as WhatsApp writes it; undefined where there is none. */
export const integerIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined

const day = 24 * 60 * 60

/** For how many seconds WhatsApp wants to be left alone; it is never believed to mean more than a day. */
export const backoffIn = (text: string | undefined): number | undefined => {
  const seconds = integerIn(text)
  return seconds === undefined || seconds < 0 ? undefined : Math.min(seconds, day)
}

/** The last second that a date can tell. */
const latest = 8_640_000_000_000

/** A time that WhatsApp writes in seconds, as epoch milliseconds; undefined where there is none. */
export const timeIn = (text: string | undefined): number | undefined => {
  const seconds = integerIn(text)
  return seconds === undefined || seconds <= 0 || seconds > latest ? undefined : seconds * 1000
}
