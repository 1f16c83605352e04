import { Layer } from "effect"
import { definePlugin } from "../../src/Plugin.ts"
import { ContactsApi } from "./Api.ts"
import { Contacts } from "./Contacts.ts"
import { ContactsHttp } from "./Http.ts"
import { ContactsRepo } from "./Repo.ts"
import { storeDirectChats } from "./Sightings.ts"
import { WhatsAppContacts } from "./WhatsAppContacts.ts"

/** The people a number knows: stored reads, look-ups, blocking. */
export const ContactsPlugin = definePlugin({
  name: "contacts",
  ports: [WhatsAppContacts],
  groups: [ContactsApi],
  handlers: ContactsHttp.pipe(Layer.provide(Contacts.Default), Layer.provide(ContactsRepo.Default)),
  stores: storeDirectChats,
})
