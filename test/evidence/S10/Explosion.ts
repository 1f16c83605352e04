import { once } from "node:events"
import { connect, type Socket } from "node:net"
import type { Bomb } from "./Bomb.ts"

export interface Explosion {
  /** 0 when there was no answer. */
  readonly status: number
  /** From the moment at which the gateway could know; less than nothing when it could not. */
  readonly millis: number
  readonly megabytesTaken: number
}

const patienceMillis = 5000

/** Sends the bomb until it is answered, or the gateway hangs up. */
export const explode = async (url: string, bomb: Bomb): Promise<Explosion> => {
  const socket = connect(Number(new URL(url).port), "127.0.0.1")
  socket.setNoDelay(true)
  const answer = answerOn(socket)
  await once(socket, "connect").catch(() => {})
  let knowableAt = performance.now()
  let taken = 0
  await write(socket, Buffer.from(bomb.head))
  if (bomb.knowableAfter === 0) knowableAt = performance.now()
  if (bomb.knowableIn !== undefined) knowableAt += bomb.knowableIn
  for await (const piece of bomb.body()) {
    if (socket.destroyed || answer.at !== undefined) break
    await write(socket, piece)
    const before = taken
    taken += piece.length
    if (before < bomb.knowableAfter && taken >= bomb.knowableAfter) knowableAt = performance.now()
  }
  await answer.settled
  socket.destroy()
  const millis = (answer.at ?? performance.now()) - knowableAt
  return { status: answer.status, millis, megabytesTaken: taken / 1e6 }
}

/** Returns once the system has taken the bytes, or there is nobody to take them. */
const write = (socket: Socket, bytes: Uint8Array) =>
  new Promise<void>((resolve) => {
    if (socket.destroyed) return resolve()
    socket.once("close", resolve)
    socket.write(bytes, () => {
      socket.off("close", resolve)
      resolve()
    })
  })

const answerOn = (socket: Socket) => {
  const answer = { status: 0, at: undefined as number | undefined, settled: Promise.resolve() }
  answer.settled = new Promise<void>((resolve) => {
    const settle = () => {
      clearTimeout(late)
      resolve()
    }
    const late = setTimeout(settle, patienceMillis)
    socket.on("data", (chunk: Buffer) => {
      if (answer.at === undefined) {
        answer.at = performance.now()
        answer.status = Number(/^HTTP\/1\.1 (\d+)/.exec(chunk.toString("latin1"))?.[1] ?? 0)
      }
      settle()
    })
    socket.on("close", settle)
    socket.on("error", settle)
  })
  return answer
}
