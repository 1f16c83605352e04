/** What Node calls a certificate that proves nothing. */
const codes =
  /^(CERT_|CRL_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|SELF_SIGNED_|UNABLE_TO_)/

/** Whether a line was refused since whoever answered could not prove to be WhatsApp. */
export const isUntrusted = (cause: unknown) =>
  typeof cause === "object" &&
  cause !== null &&
  "code" in cause &&
  typeof cause.code === "string" &&
  codes.test(cause.code)
