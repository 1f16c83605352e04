/** Whether a failure or defect means that the database could not be asked, as opposed to: it answered no. */
export const isDatabaseAway = (error: unknown): boolean => {
  if (typeof error !== "object" || error === null) return false
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown }
  if (typeof code === "string" && awayCode.test(code)) return true
  if (typeof message === "string" && awayMessage.test(message)) return true
  return cause !== error && isDatabaseAway(cause)
}

// Class 08: connection lost. 57P01-57P03: shut down, crashed, not up yet. 53300: all connections taken.
// 57014: a statement out of time; whoever we interrupt ourselves is not there to be told.
const awayCode =
  /^(08...|57P0[1-3]|57014|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/

// pg gives these no code.
const awayMessage =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|statement deadline exceeded|Cannot use a pool after calling end)/
