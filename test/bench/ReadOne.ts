import type { Bench } from "./Bench.ts"
import { withContest } from "./reads/Contest.ts"
import { group, session } from "./reads/Estate.ts"
import { play } from "./reads/Rounds.ts"

export const readOne: Bench = {
  name: "read-one",
  question: "Does one stored group come as fast as from Fastify on pg?",
  run: (form) =>
    withContest((contest) =>
      play(contest, {
        name: "group",
        path: `/api/v1/sessions/${session}/groups/${group}`,
        connections: 64,
        seconds: form === "full" ? 10 : 1.5,
        rounds: form === "full" ? 7 : 8,
        atLeast: 1,
      }),
    ),
}
