import type { IncomingMessage } from "node:http"
import type { OrganizationId } from "../../src/domain/Organization.ts"

const organizations = new WeakMap<IncomingMessage, OrganizationId>()

/** Remembers whose request it is, once its credential has told. */
export const noteCaller = (request: IncomingMessage, organization: OrganizationId) => {
  organizations.set(request, organization)
}

/** Whose request it was; undefined where no credential told. */
export const callerOf = (request: IncomingMessage) => organizations.get(request)
