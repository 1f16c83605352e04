import { Schema } from "effect"

/** RFC 7240: whether the caller wants to read what became of a change, or only that it was made. */
export const preferFields = {
  prefer: Schema.optionalWith(
    Schema.String.annotations({
      description: "`return=representation` asks for the outcome instead of an empty answer",
      examples: ["return=representation"],
    }),
    { exact: true },
  ),
}

const representation = /(?:^|[,;\s])return\s*=\s*"?representation"?\s*(?:$|[,;])/i

export const prefersOutcome = ({ prefer = "" }: { readonly prefer?: string }): boolean =>
  representation.test(prefer)
