import type { Companion } from "../people/Companion.ts"
import type { Person } from "../people/Person.ts"
import type { BinaryNode } from "../wire/Nodes.ts"
import { isRefusal, type Outcome } from "../world/Notice.ts"
import type { Refusal } from "../world/Refusal.ts"
import type { Connection } from "./Connection.ts"
import type { Server } from "./Server.ts"

/** An `iq` of a logged-in device, taken apart as far as every route needs it. */
export type Request = {
  readonly server: Server
  readonly connection: Connection
  readonly companion: Companion
  readonly person: Person
  readonly node: BinaryNode
  readonly type: string
  /** The first child: nearly always what is being asked for. */
  readonly operation: BinaryNode
  /** Work for after the answer has been sent. */
  readonly after: (work: () => void | Promise<void>) => void
}

/** The content of the result, or why there is none. */
export type Answer = ReadonlyArray<BinaryNode> | Refusal

export type Route = (request: Request) => Answer | Promise<Answer>

/** Answers with the outcome's result, and sends its notifications after the answer. */
export const settle = <A>(
  { server, companion, after }: Request,
  outcome: Outcome<A>,
  encode: (result: A) => ReadonlyArray<BinaryNode> = () => [],
): Answer => {
  if (isRefusal(outcome)) return outcome
  const { result, notices } = outcome
  if (notices.length > 0) after(() => server.deliver(notices, companion))
  return encode(result)
}
