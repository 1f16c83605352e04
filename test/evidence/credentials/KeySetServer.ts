import type { JSONWebKeySet } from "jose"
import * as http from "node:http"
import { listen } from "./Listening.ts"

/** How an identity provider behaves. `slow` answers in the end, `silent` never. */
export type Mood = "up" | "down" | "silent" | "slow" | "garbage" | "empty"

/** An identity provider on loopback whose keys and mood can be changed; remembers when it was asked. */
export class KeySetServer {
  keys: JSONWebKeySet
  mood: Mood = "up"
  /** How many askers wait for a slow answer. */
  pending = 0
  readonly asked: Array<number> = []
  readonly url: string
  readonly stop: () => Promise<void>

  private constructor(keys: JSONWebKeySet, url: string, stop: () => Promise<void>) {
    this.keys = keys
    this.url = `${url}/jwks.json`
    this.stop = stop
  }

  static async start(keys: JSONWebKeySet, now: () => number = Date.now): Promise<KeySetServer> {
    const server = http.createServer((_, response) => {
      provider.asked.push(now())
      provider.#answer(response)
    })
    const { stop, url } = await listen(server)
    const provider = new KeySetServer(keys, url, stop)
    return provider
  }

  #answer(response: http.ServerResponse): void {
    const keys = JSON.stringify(this.keys)
    if (this.mood === "up") response.end(keys)
    else if (this.mood === "down") response.writeHead(500).end(keys)
    else if (this.mood === "slow") this.#answerLater(response, keys)
    else if (this.mood === "garbage") response.end("<html>We will be back soon</html>")
    else if (this.mood === "empty") response.end('{"keys":[]}')
  }

  #answerLater(response: http.ServerResponse, keys: string): void {
    this.pending += 1
    setTimeout(() => {
      this.pending -= 1
      response.end(keys)
    }, 20)
  }
}
