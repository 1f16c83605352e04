/** Credentials take their time to reach the disk: whoever tells of them too early is found out. */
export const sluggish = `
  import { createRequire } from "node:module"
  const { Client } = createRequire(process.cwd() + "/")("pg")
  const { query } = Client.prototype
  Client.prototype.query = function (...args) {
    const text = String(args[0]?.text ?? args[0])
    if (!text.includes("INSERT INTO session_credentials")) return query.apply(this, args)
    setTimeout(() => query.apply(this, args), 150)
  }`
