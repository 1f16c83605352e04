import { describeGroup, type Group, type GroupJid, type Member, type Role } from "./Group.ts"
import { Ids } from "./Ids.ts"
import { describeProfile, openPrivacy, type PersonId, type Profile } from "./Profile.ts"
import { forbidden, notAuthorized, notFound, type Refusal } from "./Refusal.ts"

export type NewProfile = { readonly pn?: string; readonly name?: string; readonly lid?: string }

export type NewGroup = {
  readonly subject: string
  readonly owner: PersonId
  readonly members?: ReadonlyArray<PersonId>
} & Partial<
  Pick<
    Group,
    | "addressing"
    | "announce"
    | "locked"
    | "memberAddMode"
    | "approval"
    | "ephemeral"
    | "capacity"
    | "community"
    | "parent"
  >
>

const EPOCH = 1_700_000_000
const CAPACITY = 1_024

/**
 * Who exists and which groups they are in. No sockets, no keys, no wall clock: time moves one second per change,
 * so the same calls on the same seed always give the same world.
 */
export class World {
  readonly ids: Ids
  readonly people = new Map<PersonId, Profile>()
  readonly groups = new Map<GroupJid, Group>()
  readonly invites = new Map<string, GroupJid>()
  readonly revokedInvites = new Set<string>()
  #byNumber = new Map<string, PersonId>()
  #time = EPOCH

  constructor(seed = 1) {
    this.ids = new Ids(seed)
  }

  tick() {
    return ++this.#time
  }

  addPerson({ pn, name, lid }: NewProfile = {}): Profile {
    const id = lid ?? this.ids.lid()
    const number = pn ?? this.#freeNumber()
    if (this.people.has(id) || this.#byNumber.has(number)) {
      throw new Error(`somebody already has the number ${number} or the LID ${id}`)
    }
    const profile: Profile = {
      id,
      pn: number,
      name: name ?? `Person ${number.slice(-4)}`,
      about: "",
      picture: undefined,
      privacy: openPrivacy(),
      blocked: new Set(),
      contacts: new Map(),
    }
    this.people.set(id, profile)
    this.#byNumber.set(number, id)
    return profile
  }

  addGroup({ subject, owner, members = [], ...settings }: NewGroup): Group {
    const at = this.tick()
    const group: Group = {
      jid: this.ids.group(),
      owner,
      createdAt: at,
      addressing: "lid",
      subject,
      subjectBy: owner,
      subjectAt: at,
      description: undefined,
      announce: false,
      locked: false,
      memberAddMode: "admin_add",
      approval: false,
      ephemeral: 0,
      capacity: CAPACITY,
      picture: undefined,
      community: false,
      parent: undefined,
      inviteCode: undefined,
      ...settings,
      members: new Map([[owner, member("superadmin")]]),
      requests: new Map(),
      addRequests: new Map(),
    }
    for (const id of members) if (id !== owner) group.members.set(id, member(undefined))
    this.groups.set(group.jid, group)
    return group
  }

  personByNumber(pn: string): Profile | undefined {
    const id = this.#byNumber.get(pn)
    return id === undefined ? undefined : this.people.get(id)
  }

  /** The profile of somebody known to exist. */
  profile(id: PersonId): Profile {
    const profile = this.people.get(id)
    if (!profile) throw new Error(`nobody has the LID ${id}`)
    return profile
  }

  renumber(profile: Profile, pn: string) {
    this.#byNumber.delete(profile.pn)
    this.#byNumber.set(pn, profile.id)
    profile.pn = pn
  }

  groupsOf(person: PersonId): Array<Group> {
    return [...this.groups.values()].filter((group) => group.members.has(person))
  }

  /** The group, if the person is in it and, when `adminsOnly`, is one of its admins. */
  groupFor(person: PersonId, jid: GroupJid, adminsOnly = false): Group | Refusal {
    const group = this.groups.get(jid)
    if (!group) return notFound
    const found = group.members.get(person)
    if (!found) return forbidden
    return adminsOnly && !found.role ? notAuthorized : group
  }

  dump() {
    return {
      people: [...this.people.values()].map(describeProfile),
      groups: [...this.groups.values()].map(describeGroup),
    }
  }

  #freeNumber(): string {
    const number = this.ids.phone()
    return this.#byNumber.has(number) ? this.#freeNumber() : number
  }
}

export const member = (role: Role): Member => ({ role, label: undefined })
