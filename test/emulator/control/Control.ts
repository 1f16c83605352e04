import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import { Refused } from "../Actor.ts"
import type { Emulator } from "../Emulator.ts"
import { Arguments, BadCall } from "./Arguments.ts"
import { calls } from "./Calls.ts"

const BODY_LIMIT = 1_048_576

type Reply = { readonly status: number; readonly body: unknown }

/**
 * The emulator over HTTP, for tests and demos in other processes. 400 is a call nobody can make; 422 is one the
 * world refuses, with WhatsApp's own code inside.
 */
export const control =
  (emulator: Emulator): RequestListener =>
  (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", emulator.controlUrl)
    if (pathname.startsWith("/pictures/")) return sendPicture(emulator, pathname, response)
    const name = `${request.method} ${pathname}`
    const query = Object.fromEntries(searchParams)
    void perform(emulator, name, query, request).then((reply) => send(response, reply))
  }

const perform = async (
  emulator: Emulator,
  name: string,
  query: Record<string, string>,
  request: IncomingMessage,
): Promise<Reply> => {
  const call = calls[name]
  if (!call) return { status: 404, body: { error: `there is no call ${name}` } }
  try {
    const sent = request.method === "POST" ? await readJson(request) : query
    return { status: 200, body: (await call(new Arguments(emulator, sent))) ?? {} }
  } catch (failure) {
    return failed(failure)
  }
}

const failed = (failure: unknown): Reply => {
  if (failure instanceof Refused) {
    return { status: 422, body: { error: failure.message, code: failure.code } }
  }
  const error = failure instanceof Error ? failure.message : String(failure)
  const callers = failure instanceof BadCall || failure instanceof SyntaxError
  return { status: callers ? 400 : 500, body: { error } }
}

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  let raw = ""
  for await (const chunk of request.setEncoding("utf8")) {
    raw += chunk
    if (raw.length > BODY_LIMIT) throw new BadCall("the body is too long")
  }
  return raw === "" ? {} : JSON.parse(raw)
}

const send = (response: ServerResponse, { status, body }: Reply) => {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

const sendPicture = (emulator: Emulator, pathname: string, response: ServerResponse) => {
  const id = /^\/pictures\/(\d+)\.jpg$/.exec(pathname)?.[1] ?? ""
  const image = emulator.server.pictures.get(id)
  response.writeHead(image ? 200 : 404, { "content-type": "image/jpeg" }).end(image)
}
