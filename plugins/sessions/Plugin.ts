import { definePlugin } from "../../src/Plugin.ts"
import { Sessions } from "../../src/ports/Sessions.ts"
import { SessionsApi } from "./Api.ts"
import { SessionsHttp } from "./Http.ts"

/** The attached numbers: create, pair, look at, remove. What they do lives behind the port. */
export const SessionsPlugin = definePlugin({
  name: "sessions",
  ports: [Sessions],
  groups: [SessionsApi],
  handlers: SessionsHttp,
})
