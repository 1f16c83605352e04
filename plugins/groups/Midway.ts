import { Effect, Schema } from "effect"
import { Failure, type FailureClass } from "../../src/domain/Failure.ts"
import { SessionOffline } from "../../src/domain/Session.ts"
import {
  UpstreamRateLimited,
  UpstreamRefused,
  UpstreamSilent,
} from "../../src/domain/WhatsAppFailure.ts"
import { GroupNotFound, NotGroupAdmin, NotGroupMember } from "./Group.ts"
import type { ChangeFailure } from "./WhatsAppGroups.ts"

type MidwayClass = FailureClass<
  unknown,
  string,
  { readonly applied: Schema.Array$<typeof Schema.String> }
>

/** What ended an update after some of its fields had taken effect; `applied` names those. */
export type Midway = InstanceType<MidwayClass>

/** The same failure with one detail more. */
const midway = (failure: {
  readonly _tag: string
  readonly spec: FailureClass<unknown, string, Schema.Struct.Fields>["spec"]
}) => {
  const { details, ...spec } = failure.spec
  const applied = Schema.Array(Schema.String.annotations({ examples: ["subject"] }))
  return Failure()(`${failure._tag}Midway`, {
    ...spec,
    details: { ...details, applied },
  }) as unknown as MidwayClass
}

const classes: Readonly<Record<ChangeFailure["_tag"], MidwayClass>> = {
  SessionOffline: midway(SessionOffline),
  GroupNotFound: midway(GroupNotFound),
  NotGroupAdmin: midway(NotGroupAdmin),
  NotGroupMember: midway(NotGroupMember),
  UpstreamRefused: midway(UpstreamRefused),
  UpstreamSilent: midway(UpstreamSilent),
  UpstreamRateLimited: midway(UpstreamRateLimited),
}

/** For `failures(…)` of an endpoint that applies one field after the other. */
export const midwayFailures = Object.values(classes)

/** Applies the steps in order, those of them that there are, until one fails. */
export const inOrder = Effect.fn("Midway.inOrder")(function* (
  steps: Readonly<Record<string, Effect.Effect<void, ChangeFailure> | undefined>>,
) {
  const applied: Array<string> = []
  for (const [name, step] of Object.entries(steps)) {
    if (step === undefined) continue
    yield* Effect.mapError(step, (failure) => stopped(failure, applied))
    applied.push(name)
  }
})

const stopped = (failure: ChangeFailure, applied: ReadonlyArray<string>) =>
  applied.length === 0
    ? failure
    : (new classes[failure._tag]({ ...failure, applied } as never) as Midway)
