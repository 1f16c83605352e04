import { definePlugin } from "../../src/Plugin.ts"
import { Organizations } from "../../src/ports/Organizations.ts"
import { Sessions } from "../../src/ports/Sessions.ts"
import { AdminApi } from "./Api.ts"
import { AdminHttp } from "./Http.ts"

/** What the operator of the gateway sees across organizations. */
export const AdminPlugin = definePlugin({
  name: "admin",
  ports: [Organizations, Sessions],
  groups: [AdminApi],
  handlers: AdminHttp,
})
