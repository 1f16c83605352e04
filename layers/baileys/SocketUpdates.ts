import { isLid, isPhoneJid, personJid } from "../../src/domain/Jid.ts"
import type { Update } from "../sessions/Connector.ts"
import { closedBy } from "./Disconnect.ts"
import type { Socket, SocketEvents } from "./Socket.ts"

/** How long the library shows the first code and each later one, in milliseconds. */
const shown = { first: 60_000, later: 20_000 }
/** After so many it gives up. */
const codesShown = 6

/** How long a connection waits for somebody to link it. */
export const linkingTime = (qrTimeout: number | undefined) =>
  (qrTimeout ?? shown.first) + (codesShown - 1) * (qrTimeout ?? shown.later)

/** Reads the state of one connection out of the library's events. */
export const makeSocketUpdates = (qrTimeout: number | undefined) => {
  let codes = 0

  const qr = (code: string): Update => {
    codes += 1
    const lifetime = qrTimeout ?? (codes === 1 ? shown.first : shown.later)
    return { _tag: "Qr", code, expiresAt: Date.now() + lifetime }
  }

  return (events: SocketEvents, socket: Socket): ReadonlyArray<Update> => {
    const update = events["connection.update"]
    if (update?.qr !== undefined) return [qr(update.qr)]
    if (update?.isNewLogin === true) return [{ _tag: "Paired" }]
    if (update?.connection === "open") return opened(socket)
    return update?.connection === "close" ? [closedBy(update.lastDisconnect?.error)] : []
  }
}

const opened = ({ library }: Socket): ReadonlyArray<Update> => {
  const { id, lid, name } = library.user ?? {}
  const phoneJid = personJid(id ?? "")
  const ownLid = personJid(lid ?? "")
  if (!isPhoneJid(phoneJid)) return []
  const account = { phoneJid, lid: isLid(ownLid) ? ownLid : undefined, name: name || undefined }
  return [{ _tag: "Open", account }]
}
