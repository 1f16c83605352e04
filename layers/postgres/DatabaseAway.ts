/** Whether a failure or defect means that the database could not be asked, as opposed to: it answered no. */
export const isDatabaseAway = (error: unknown): boolean => {
  if (typeof error !== "object" || error === null) return false
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown }
  if (typeof code === "string" && awayCode.test(code)) return true
  if (typeof message === "string" && awayMessage.test(message)) return true
  return cause !== error && isDatabaseAway(cause)
}

// Class 08: connection lost. 57P01-57P03, 57P05: shut down, crashed, not up yet, hung up on. 57014: a
// statement out of time; whoever we interrupt ourselves is not there to be told. 25006: a standby that is
// not promoted yet. 53000-53300, 58030: no files, disk, memory or connections left, or a disk that fails:
// a matter of the server and not of the statement, unlike 53400. 55000 is none: it speaks of an object.
const awayCode =
  /^(08...|57P0[1235]|57014|25006|53[0-3]00|58030|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/

// pg gives these no code.
const awayMessage =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|statement deadline exceeded|Query read timeout|Cannot use a pool after calling end)/
