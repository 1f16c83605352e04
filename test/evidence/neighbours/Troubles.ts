import { setTimeout as sleep } from "node:timers/promises"
import type { Town } from "./Town.ts"

export interface Sizes {
  readonly poison: number
  readonly groups: number
  readonly members: number
  readonly messages: number
  readonly chatter: number
}

/** What a session can suffer from. */
export interface Trouble {
  readonly name: string
  /** Once, before anything is measured. */
  readonly prepare: (town: Town) => Promise<unknown>
  /** Resolves when the gateway is through with it. */
  readonly make: (town: Town) => Promise<unknown>
}

const tables = ["inbox", "messages", "session_keys"]

/** Rows of the neighbour's take so long to be written, while it is said to be so. */
const slowStore = (session: string) => `
  CREATE TABLE dawdling (since timestamptz);
  GRANT SELECT ON dawdling TO PUBLIC;
  CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM dawdling) THEN PERFORM pg_sleep(0.2); END IF;
    RETURN NEW;
  END $$;
  ${tables
    .map(
      (table) => `
        CREATE TRIGGER dawdle BEFORE INSERT OR UPDATE ON ${table}
        FOR EACH ROW WHEN (NEW.session_id = '${session}') EXECUTE FUNCTION dawdle();`,
    )
    .join("")}`

const nothing = () => Promise.resolve()

export const troublesOf = ({
  groups,
  members,
  messages,
  poison,
  chatter,
}: Sizes): ReadonlyArray<Trouble> => [
  {
    name: "undecryptable",
    prepare: nothing,
    make: ({ neighbour }) => neighbour.tell("poison", poison),
  },
  {
    name: "history",
    prepare: nothing,
    make: ({ neighbour }) => neighbour.tell("history", messages),
  },
  {
    name: "slowStore",
    prepare: ({ client, noisy }) => client.query(slowStore(noisy.session)),
    make: async ({ client, neighbour }) => {
      await client.query("INSERT INTO dawdling VALUES (now())")
      await neighbour.tell("chatter", chatter)
      await client.query("DELETE FROM dawdling")
    },
  },
  {
    name: "groups",
    prepare: ({ neighbour }) => neighbour.tell("populate", groups, members),
    make: async ({ client, neighbour, noisy }) => {
      await neighbour.tell("resync")
      const stored = async () =>
        (
          await client.query<{ count: number }>(
            "SELECT count(*)::int AS count FROM group_members WHERE session_id = $1",
            [noisy.session],
          )
        ).rows[0]!.count
      while ((await stored()) < groups * (members + 1)) await sleep(100)
    },
  },
]
