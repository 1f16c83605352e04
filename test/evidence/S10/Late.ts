import { setTimeout as sleep } from "node:timers/promises"
import { operations } from "../../http/Operations.ts"
import { arrivalSeconds, type Bomb, headFor, headOf, json, type Target } from "./Bomb.ts"

const createSession = operations.find(({ name }) => name === "createSession")!

/** Requests that arrive too slowly, or not at all. */
export const late = (target: Target): ReadonlyArray<Bomb> => {
  const line = headFor("GET /api/v1/sessions", target.key, []).slice(0, -2)
  const posted = headOf(createSession, target, [json, "content-length: 1000"])
  const rest = () => trickle("x-a: b\r\n")
  return [
    slow("slowHead", "a head that stops", line, () => []),
    slow("slowHead", "a head that trickles", line, rest),
    slow("slowBody", "a body that stops", posted, () => [Buffer.from('{"label":')]),
    slow("slowBody", "a body that trickles", posted, () => trickle(" ")),
  ]
}

async function* trickle(text: string) {
  for (;;) {
    yield Buffer.from(text)
    await sleep(100)
  }
}

const slow = (kind: Bomb["kind"], name: string, head: string, body: Bomb["body"]): Bomb => ({
  kind,
  name,
  head,
  body,
  knowableAfter: 0,
  knowableIn: arrivalSeconds * 1000,
  answers: [400],
})
