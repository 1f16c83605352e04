import { Layer } from "effect"
import { Idempotency } from "../../src/http/Idempotency.ts"
import { definePlugin } from "../../src/Plugin.ts"
import { GroupsApi } from "./Api.ts"
import { Groups } from "./Groups.ts"
import { GroupsHttp } from "./Http.ts"
import { InvitesApi } from "./invites/Api.ts"
import { InvitesHttp } from "./invites/Http.ts"
import { Invites } from "./invites/Invites.ts"
import { WhatsAppInvites } from "./invites/WhatsAppInvites.ts"
import { MembersApi } from "./members/Api.ts"
import { MembersHttp } from "./members/Http.ts"
import { Members } from "./members/Members.ts"
import { WhatsAppMembers } from "./members/WhatsAppMembers.ts"
import { NewGroups } from "./NewGroups.ts"
import { PicturesApi } from "./pictures/Api.ts"
import { PicturesHttp } from "./pictures/Http.ts"
import { Pictures } from "./pictures/Pictures.ts"
import { WhatsAppPictures } from "./pictures/WhatsAppPictures.ts"
import { GroupsRepo } from "./Repo.ts"
import { storeGroups } from "./Sightings.ts"
import { WhatsAppGroups } from "./WhatsAppGroups.ts"

const services = Layer.mergeAll(
  NewGroups.Default,
  Members.Default,
  Invites.Default,
  Pictures.Default,
).pipe(Layer.provideMerge(Groups.Default), Layer.provide(GroupsRepo.Default))

/** Groups, who is in them, how to get in and what they look like: stored reads, live changes. */
export const GroupsPlugin = definePlugin({
  name: "groups",
  ports: [WhatsAppGroups, WhatsAppMembers, WhatsAppInvites, WhatsAppPictures, Idempotency],
  groups: [GroupsApi, MembersApi, InvitesApi, PicturesApi],
  handlers: Layer.mergeAll(GroupsHttp, MembersHttp, InvitesHttp, PicturesHttp).pipe(
    Layer.provide(services),
  ),
  stores: storeGroups,
})
