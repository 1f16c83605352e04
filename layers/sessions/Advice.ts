import type { ClosedReason, SessionError } from "../../src/domain/Session.ts"
import type { Closed } from "./Connector.ts"

const nothing = "nothing to do: it is tried again by itself"
const again = "when that is settled, start the session again"

/** For each reason what is the case, and what somebody can do about it. */
const sentences: Readonly<Record<ClosedReason, readonly [message: string, advice: string]>> = {
  restart: ["whatsapp asked for a new login", nothing],
  lost: ["the connection to whatsapp was lost", nothing],
  silent: ["whatsapp stopped answering", nothing],
  unavailable: ["whatsapp is not available at the moment", nothing],
  unclear: ["whatsapp ended the connection without a reason", `${nothing}, ever more rarely`],
  unscanned: [
    "nobody scanned the code in time",
    "ask for a code again when somebody with the phone is there",
  ],
  logged_out: ["the account has removed this device", "link the phone again: ask for a code"],
  replaced: [
    "another program has connected with the same credentials",
    "end the other program, and any copy of this database; then start the session again",
  ],
  locked: ["whatsapp has locked the account", `look at whatsapp on the phone; ${again}`],
  downgraded: [
    "the account has left the multi-device programme",
    `update whatsapp on the phone; ${again}`,
  ],
  suspended: [
    "whatsapp has suspended the account for a while",
    "wait: it is tried again after that, or after a day where whatsapp does not say when",
  ],
  banned: ["whatsapp has banned the account", `appeal in whatsapp on the phone; ${again}`],
  outdated: [
    "whatsapp refuses the client version of this gateway",
    "set WHATSAPP_VERSION to a current version and restart the gateway",
  ],
  untrusted: [
    "the server's certificate was refused",
    "look at WHATSAPP_URL and who answers there; then start the session again",
  ],
  refused: ["whatsapp refuses to let this device log in", "start the session again to try it"],
}

export const errorOf = ({ code, reason }: Closed, at: number): SessionError => {
  const [message, advice] = sentences[reason]
  return { reason, code, message, advice, at }
}
