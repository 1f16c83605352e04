import { execFileSync } from "node:child_process"
import { statfsSync } from "node:fs"
import { serverOn, withClient, withFolder } from "../PrivateServer.ts"

/** Where a database keeps its rows. */
export interface Disk {
  /** How it comes to be full. */
  readonly kind: "tmpfs" | "trigger"
  readonly fill: () => Promise<void>
  /** Whether keys and messages are refused right now. */
  readonly isFull: () => Promise<boolean>
  readonly makeRoom: () => Promise<void>
}

const mounted = new Set<string>()

/** A server on a disk of its own, where this user may mount one. */
export const withServerOnDisk = <A>(use: (url: string, folder: string) => Promise<A>): Promise<A> =>
  withFolder((folder) => {
    if (mount(folder, room)) mounted.add(folder)
    return serverOn(folder, use).finally(() => {
      if (mounted.delete(folder)) execFileSync("umount", [folder])
    })
  })

export const diskOf = (folder: string, url: string): Disk =>
  mounted.has(folder) ? tmpfs(folder, url) : triggers(url)

const room = "size=4g,mode=0755"

const mount = (folder: string, options: string) => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** As large as what is on it: not a page more can be written. */
const tmpfs = (folder: string, url: string): Disk => ({
  kind: "tmpfs",
  fill: async () => {
    // Refused where more was written in between.
    while (!mount(folder, `remount,size=${usedOf(folder)}`));
  },
  isFull: async () => {
    // More than an old page has room for.
    const code = await refusal(url, "SELECT lo_from_bytea(0, decode(repeat('7f', 2000000), 'hex'))")
    return code === "53100"
  },
  makeRoom: async () => void mount(folder, `remount,${room}`),
})

const usedOf = (folder: string) => {
  const { bfree, blocks, bsize } = statfsSync(folder)
  return (blocks - bfree) * bsize
}

const tables = ["session_credentials", "session_keys", "inbox"]

/** Refuses with what PostgreSQL says when it can not extend a file. */
const triggers = (url: string): Disk => ({
  kind: "trigger",
  fill: () =>
    withClient(url, async (client) => {
      await client.query(`
      CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
      END $$`)
      for (const table of tables)
        await client.query(`
        CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON ${table}
        FOR EACH ROW EXECUTE FUNCTION no_room()`)
    }),
  isFull: async () =>
    (await refusal(url, "UPDATE session_credentials SET value = value")) === "53100",
  makeRoom: () =>
    withClient(url, async (client) => {
      for (const table of tables) await client.query(`DROP TRIGGER no_room ON ${table}`)
    }),
})

const refusal = (url: string, statement: string) =>
  withClient(url, (client) => client.query(statement)).then(
    () => undefined,
    ({ code }: { readonly code?: string }) => code,
  )
