import { definePlugin } from "../../src/Plugin.ts"
import { ApiKeys } from "../../src/ports/ApiKeys.ts"
import { ApiKeysApi } from "./Api.ts"
import { ApiKeysHttp } from "./Http.ts"

/** The keys of an organization's scripts and services. */
export const ApiKeysPlugin = definePlugin({
  name: "api-keys",
  ports: [ApiKeys],
  groups: [ApiKeysApi],
  handlers: ApiKeysHttp,
})
