import type { Bench } from "./Bench.ts"
import { withContest } from "./reads/Contest.ts"
import { group, session } from "./reads/Estate.ts"
import { play } from "./reads/Rounds.ts"

export const readList: Bench = {
  name: "read-list",
  question: "Do 500 groups and 1 024 members come as fast as from Fastify on pg?",
  run: (form) =>
    withContest(async (contest) => {
      const match = {
        connections: 16,
        seconds: form === "full" ? 10 : 2,
        rounds: form === "full" ? 7 : 4,
        atLeast: 0.9,
      }
      const groups = `/api/v1/sessions/${session}/groups`
      const first = await play(contest, { ...match, name: "500 groups", path: groups })
      const second = await play(contest, {
        ...match,
        name: "1024 members",
        path: `${groups}/${group}/members`,
      })
      return { measures: [...first.measures, ...second.measures] }
    }),
}
