import type { ChatSeen, PersonSeen, Sighting } from "../../src/domain/Sighting.ts"

type As = <Seen extends PersonSeen>(person: Seen) => Seen

/** Everybody that is named, in order. */
export const peopleIn = (sightings: ReadonlyArray<Sighting>): ReadonlyArray<PersonSeen> => {
  const people: Array<PersonSeen> = []
  for (const sighting of sightings)
    naming(sighting, (person) => {
      people.push(person)
      return person
    })
  return people
}

/** The same sightings with other names for everybody, given in the order of `peopleIn`. */
export const withPeople = (
  sightings: ReadonlyArray<Sighting>,
  people: ReadonlyArray<PersonSeen>,
): ReadonlyArray<Sighting> => {
  let next = 0
  return sightings.map((sighting) =>
    naming(sighting, (person) => ({ ...person, ...people[next++] })),
  )
}

const naming = (sighting: Sighting, as: As): Sighting => {
  switch (sighting._tag) {
    case "GroupSeen":
      return {
        ...sighting,
        owner: sighting.owner && as(sighting.owner),
        members: sighting.members.map((member) => as(member)),
      }
    case "JoinRequestsSeen":
      return { ...sighting, requests: sighting.requests.map((request) => as(request)) }
    case "MemberTagged":
      return { ...sighting, member: as(sighting.member) }
    case "ContactSeen":
    case "DirectChatSeen":
      return { ...sighting, person: as(sighting.person) }
    case "MessageSeen":
    case "MessageEdited":
    case "MessageRevoked":
    case "MessageReacted":
      return {
        ...sighting,
        chat: isPerson(sighting.chat) ? as(sighting.chat) : sighting.chat,
        sender: sighting.sender && as(sighting.sender),
      }
    default:
      return sighting
  }
}

const isPerson = (chat: ChatSeen): chat is PersonSeen => !("jid" in chat)
