import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { ApiKey, ApiKeyId, ApiKeyNotFound } from "../../src/domain/ApiKey.ts"
import { Capability } from "../../src/domain/Capability.ts"
import { Name } from "../../src/domain/Name.ts"
import { basePath, strict } from "../../src/http/BaseApi.ts"
import { failures } from "../../src/http/Envelope.ts"
import { List } from "../../src/http/Page.ts"
import { needs } from "../../src/http/Requirement.ts"

const NewApiKey = strict(
  Schema.Struct({
    name: Name.annotations({ examples: ["billing script"] }),
    capabilities: Schema.NonEmptyArray(Capability),
    /** Epoch milliseconds; a key without it never expires. */
    expiresAt: Schema.optionalWith(
      Schema.NullOr(
        Schema.Int.pipe(
          Schema.positive(),
          Schema.annotations({
            description: "a time in epoch milliseconds",
            examples: [1_798_761_600_000],
          }),
        ),
      ),
      { default: () => null },
    ),
  }),
)

/** The only answer that ever carries the token. */
const CreatedApiKey = Schema.Struct({
  ...ApiKey.fields,
  token: Schema.String.annotations({ examples: ["wa_…"] }),
}).annotations({
  identifier: "CreatedApiKey",
})

export class ApiKeysApi extends HttpApiGroup.make("apiKeys")
  .add(
    HttpApiEndpoint.get("listApiKeys", "/api-keys")
      .addSuccess(List(ApiKey))
      .annotate(
        OpenApi.Description,
        "All keys of the organization, those that have expired included, with when each was last used, to the minute. No token is among them.",
      )
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.post("createApiKey", "/api-keys")
      .setPayload(NewApiKey)
      .addSuccess(CreatedApiKey, { status: 201 })
      .annotate(
        OpenApi.Description,
        "Makes a key of the organization of whoever calls. This is the only answer that ever shows its token; a key without expiresAt never expires.",
      )
      .annotateContext(needs("manage")),
  )
  .add(
    HttpApiEndpoint.del("deleteApiKey", "/api-keys/:id")
      .setPath(strict(Schema.Struct({ id: ApiKeyId })))
      .addSuccess(HttpApiSchema.NoContent)
      .addError(failures(ApiKeyNotFound))
      .annotate(
        OpenApi.Description,
        "The key opens nothing from the moment of the answer; where several processes serve the gateway, the others follow within a second.",
      )
      .annotateContext(needs("manage")),
  )
  .prefix(basePath) {}
