import type { proto } from "@whiskeysockets/baileys"
import { randomBytes } from "node:crypto"
import type * as Pg from "pg"
import type { Emulator } from "../../emulator/Emulator.ts"
import type { Person } from "../../emulator/people/Person.ts"
import { until } from "../processes/Plant.ts"

/** Resolves with how many of so many messages are not stored, and never come to be. */
export const sendMedia = async (
  emulator: Emulator,
  client: Pg.Client,
  from: Person,
  to: Person,
  count: number,
): Promise<number> => {
  const written: Array<string> = []
  for (let nth = 0; nth < count; nth += 1) written.push(await emulator.send(from, to, crafted(nth)))
  const missing = async () => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM messages WHERE wa_message_id = ANY ($1)",
      [written],
    )
    return count - rows[0]!.count
  }
  await until(async () => (await missing()) === 0, 30_000 + count * 80)
  return missing()
}

const most = 2 ** 32 - 1

/** Media that is none: what a decoder, a downloader or a column for sizes could choke on. */
const media: ReadonlyArray<proto.IMessage> = [
  { imageMessage: { url: "http://127.0.0.1:1/\u0000", mimetype: "image/\u202egnp" } },
  { imageMessage: { directPath: "../../etc/passwd", mediaKey: randomBytes(3), fileLength: most } },
  { videoMessage: { url: "file:///dev/zero", height: most, width: most, seconds: most } },
  { videoMessage: { url: "", jpegThumbnail: randomBytes(60_000), fileSha256: Buffer.alloc(0) } },
  { audioMessage: { url: "https://[::1", waveform: randomBytes(60_000), ptt: true } },
  { documentMessage: { fileName: "x".repeat(60_000), pageCount: most, fileLength: most } },
  { stickerMessage: {} },
  { albumMessage: { expectedImageCount: most, expectedVideoCount: most } },
]

const wrappers = [
  "viewOnceMessage",
  "ephemeralMessage",
  "viewOnceMessageV2",
  "documentWithCaptionMessage",
] as const

/** In so many wrappers, one within the other. */
const wrapped = (message: proto.IMessage, depth: number): proto.IMessage => {
  let whole = message
  for (let nth = 0; nth < depth; nth += 1)
    whole = { [wrappers[nth % wrappers.length]!]: { message: whole } }
  return whole
}

const crafted = (nth: number): proto.IMessage => {
  const message = media[nth % media.length]!
  return Math.floor(nth / media.length) % 2 === 0 ? message : wrapped(message, 50)
}
