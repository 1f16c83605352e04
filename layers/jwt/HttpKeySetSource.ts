import { Effect, Layer } from "effect"
import type { JSONWebKeySet } from "jose"
import { KeySetSource, KeySetUnreadable } from "./KeySetSource.ts"

const mostBytes = 256 * 1024

/** Asks one address, chosen by the operator, and follows it nowhere else. */
export const HttpKeySetSource = (url: URL): Layer.Layer<KeySetSource> =>
  Layer.succeed(KeySetSource, {
    fetch: Effect.tryPromise({
      try: (signal) => download(url, signal),
      catch: (cause) => new KeySetUnreadable({ reason: String(cause) }),
    }).pipe(Effect.withSpan("HttpKeySetSource.fetch")),
  })

const download = async (url: URL, signal: AbortSignal): Promise<JSONWebKeySet> => {
  const headers = { accept: "application/jwk-set+json, application/json" }
  const response = await fetch(url, { headers, redirect: "error", signal })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`status ${response.status}`)
  }
  return keySetOf(await limitedText(response))
}

const limitedText = async (response: Response): Promise<string> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new Error(`more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** A set without keys is an outage, not the wish that nobody may log in. */
const keySetOf = (text: string): JSONWebKeySet => {
  const { keys } = JSON.parse(text)
  if (!Array.isArray(keys) || keys.length === 0) throw new Error("no keys")
  return { keys }
}
