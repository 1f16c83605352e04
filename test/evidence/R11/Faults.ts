import { createServer } from "node:http"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Kick } from "../../emulator/router/Kicks.ts"
import type { Linked, Seen } from "./Fleet.ts"

export type Fault = Kick | "halfOpen" | "silence" | "outdated" | "proxy"

/** Where a session must be found afterwards: its status, and of a last error its reason and code. */
interface End {
  readonly status: "working" | "failed" | "logged_out"
  readonly reason?: string
  readonly code?: number
}

export const faults: Readonly<Record<Fault, End>> = {
  removed: { status: "logged_out", reason: "logged_out", code: 401 },
  locked: { status: "failed", reason: "locked", code: 403 },
  outdated: { status: "failed", reason: "outdated", code: 405 },
  timedOut: { status: "working", reason: "lost", code: 408 },
  downgraded: { status: "failed", reason: "downgraded", code: 411 },
  end: { status: "working", reason: "lost", code: 428 },
  drop: { status: "working", reason: "lost", code: 428 },
  reset: { status: "working", reason: "lost", code: 428 },
  replaced: { status: "failed", reason: "replaced", code: 440 },
  uncoded: { status: "working", reason: "unclear", code: 500 },
  unavailable: { status: "working", reason: "unavailable", code: 503 },
  // Part of every linking: it leaves no trace.
  restart: { status: "working" },
  halfOpen: { status: "working", reason: "silent" },
  silence: { status: "working", reason: "silent" },
  proxy: { status: "working", reason: "lost" },
}

/** Whether a session has come to where the fault leads; `isBack` tells whether by a new connection. */
export const isEndOf = (fault: Fault, isBack: () => boolean) => {
  const { code, reason, status } = faults[fault]
  return (seen: Seen) =>
    seen.status === status &&
    (reason === undefined || seen.reason === reason) &&
    (code === undefined || seen.code === code) &&
    (status !== "working" || isBack())
}

export const inflict = async (whatsapp: Emulator, fault: Fault, { person }: Linked) => {
  switch (fault) {
    case "halfOpen":
      return whatsapp.freeze(person)
    case "silence":
      return fallSilent(whatsapp, person)
    case "outdated":
      whatsapp.refuseLogin(person, 405)
      return whatsapp.kick(person, "drop")
    case "proxy":
      // One in between says 401 while WhatsApp itself can not be reached.
      return answerForAWhile(whatsapp, 401)
    default:
      return whatsapp.kick(person, fault)
  }
}

/** Hears all of it, and answers nothing any more on the present link. */
const fallSilent = (whatsapp: Emulator, person: Linked["person"]) => {
  const [device] = person.companions.values()
  const link = device?.link
  whatsapp.fault({ person, drop: true, times: Infinity, when: (_, of) => of?.link === link })
}

const answerForAWhile = async (whatsapp: Emulator, status: number) => {
  await whatsapp.goDown()
  const proxy = createServer((_, response) => response.writeHead(status).end())
  proxy.on("upgrade", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
  await new Promise<void>((resolve) =>
    proxy.listen(Number(new URL(whatsapp.url).port), "127.0.0.1", resolve),
  )
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await new Promise((resolve) => proxy.close(resolve))
  await whatsapp.comeBack()
}
