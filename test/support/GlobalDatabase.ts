/** One private PostgreSQL for the whole run. Whatever ends the run, even SIGKILL, ends the server too. */
import { Effect, Exit, Redacted, Scope } from "effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { TestProject } from "vitest/node"
import * as EmbeddedPostgres from "../../layers/EmbeddedPostgres.ts"

declare module "vitest" {
  interface ProvidedContext {
    readonly databaseUrl: string
  }
}

export default async (project: TestProject) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gateway-test-"))
  const undertaker = watchOver(folder)
  const scope = Effect.runSync(Scope.make())
  const { url } = await Effect.runPromise(Scope.extend(EmbeddedPostgres.start(folder), scope))
  project.provide("databaseUrl", Redacted.value(url))
  return async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    undertaker.stdin.end()
  }
}

/** A shell that waits for our end of its pipe to close, which the system does when we die. */
const watchOver = (folder: string) => {
  const lastWill = `trap '' INT TERM HUP; cat > /dev/null
    pid=$(head -n 1 "$0/server/postmaster.pid" 2> /dev/null) && kill -QUIT "$pid"
    socket=$(sed -n 5p "$0/server/postmaster.pid" 2> /dev/null) && sleep 0.2 && rm -rf "$socket"
    rm -rf "$0"`
  const shell = spawn("sh", ["-c", lastWill, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  })
  shell.unref()
  return shell
}
