import { Context, Effect, Layer } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LocalIdentity } from "../../layers/LocalIdentity.ts"
import { gateway } from "../support/FreshGateway.ts"
import { type Estate, estate } from "./Estate.ts"

/** Somebody who may do everything, also what no key may, and what belongs to their organization. */
export class Operator extends Context.Tag("test/http/Operator")<
  Operator,
  Estate & { readonly login: string }
>() {}

const made = Layer.effect(
  Operator,
  Effect.gen(function* () {
    const owned = yield* estate()
    const login = yield* issued(owned)
    return { ...owned, login }
  }),
)

const issued = ({ organization }: Estate) =>
  Effect.flatMap(LocalIdentity, ({ issue }) =>
    issue({
      organization: organization.id,
      role: "owner",
      subject: "user_operator",
      ttl: "1 hour",
      superAdmin: true,
    }),
  ).pipe(Effect.provide(LocalIdentity.Default))

/** Of login tokens' keys. */
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "gateway-operator-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)

/** A whole gateway and its operator. */
export const operated = Layer.unwrapScoped(
  Effect.map(folder, (folder) =>
    Layer.provideMerge(made, gateway({ AUTH_LOCAL: "on", DATA_DIR: folder })),
  ),
)
