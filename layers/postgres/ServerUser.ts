/** The account the private server runs as: PostgreSQL refuses root, and "nobody" exists everywhere. */
import * as fs from "node:fs"

const nobody = { uid: 65_534, gid: 65_534 }

export const startedByRoot = () => process.getuid?.() === 0

/** What to add to the options of a child process, so that it runs as the server's user. */
export const asServerUser = () => (startedByRoot() ? nobody : {})

export const giveToServerUser = (path: string) => {
  if (startedByRoot()) fs.chownSync(path, nobody.uid, nobody.gid)
}

/** Only through: what lies in the folder has rights of its own. */
export const letServerUserPass = (folder: string) => {
  if (startedByRoot()) fs.chmodSync(folder, fs.statSync(folder).mode | 0o011)
}

/** Nothing of the operator's environment (locale, PG* variables, secrets) reaches the server. */
export const serverEnvironment = () => ({ PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" })
