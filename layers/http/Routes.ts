import { routedUrl } from "../../src/http/Actions.ts"
import type { Endpoint } from "../../src/Gateway.ts"

/** Which methods a path answers, for 405, `Allow` and OPTIONS. */
export interface Routes {
  readonly methodsOf: (path: string) => ReadonlyArray<string>
}

type Route = Pick<Endpoint, "method" | "path">

export const routesOf = (routes: ReadonlyArray<Route>): Routes => {
  const known = routes.map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  return {
    methodsOf: (path) => {
      const routed = routedUrl(path)
      const methods = known
        .filter(({ pattern }) => pattern.test(routed))
        .map(({ method }) => method)
      return methods.length === 0 ? [] : withImplied(methods)
    },
  }
}

const withImplied = (methods: ReadonlyArray<string>) =>
  [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].sort()

/** `/sessions/:session` → matches `/sessions/x` and `/sessions/x/`, but not the action `/sessions/$x`. */
const patternOf = (path: string) =>
  new RegExp(`^${path.replace(/[.$]/g, "\\$&").replace(/:\w+/g, "(?!\\$)[^/]+")}/?$`)
