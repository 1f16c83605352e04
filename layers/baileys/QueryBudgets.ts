import { Effect } from "effect"
import { LRUCache } from "lru-cache"
import type { SessionId } from "../../src/domain/Session.ts"
import { makeQueryBudget, type QueryBudget } from "./QueryBudget.ts"

/**
 * The budgets of sessions. One that WhatsApp has limited outlives its connection, since the limit
 * does; all others end with theirs.
 */
export class QueryBudgets extends Effect.Service<QueryBudgets>()("layers/baileys/QueryBudgets", {
  sync: () => {
    const held = new LRUCache<SessionId, QueryBudget>({ max: 10_000 })
    /** For as long as the scope is open. */
    const of = (session: SessionId) =>
      Effect.acquireRelease(
        Effect.suspend(() => {
          const found = held.get(session)
          return found === undefined ? makeQueryBudget : Effect.succeed(found)
        }),
        (budget) =>
          Effect.map(budget.isHeld, (isHeld) => {
            if (isHeld) held.set(session, budget)
            else held.delete(session)
          }),
      )
    return { of, size: () => held.size } as const
  },
}) {}
