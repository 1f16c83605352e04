import * as http from "node:http"
import { lacking } from "../../layers/jwt/Lenient.ts"
import { listen } from "./Listening.ts"

const refusal = JSON.stringify({
  error: {
    code: "unauthorized",
    message: "credential not valid",
    details: { reason: "invalid_token" },
  },
})

/** Lets in whom any verifier lets in that lacks one protection; knows which of them were tricked. */
export const lenientGateway = async () => {
  const fooled = new Set<string>()
  const isGood = async (token: string) => {
    const verdicts = Object.entries(lacking).map(([name, verify]) =>
      verify(token).then(
        () => fooled.add(name),
        () => undefined,
      ),
    )
    return (await Promise.all(verdicts)).some((verdict) => verdict !== undefined)
  }
  const server = http.createServer(async ({ headers }, response) => {
    const token = /^Bearer +(\S+)$/.exec(headers.authorization ?? "")?.[1] ?? ""
    response.statusCode = (await isGood(token)) ? 200 : 401
    response.end(response.statusCode === 200 ? "{}" : refusal)
  })
  const tricked = () => fooled.size === Object.keys(lacking).length
  return { ...(await listen(server)), tricked }
}
