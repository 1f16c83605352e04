import { Option, Redacted } from "effect"

/** What a setting's text may be: `expected` completes the sentence "NAME must be …". */
export interface Kind<A> {
  readonly expected: string
  readonly read: (text: string) => Option.Option<A>
}

export const text = (pattern: RegExp, expected: string): Kind<string> => ({
  expected,
  read: Option.liftPredicate((text) => pattern.test(text)),
})

export const integer = (least: number, most: number): Kind<number> => ({
  expected: `an integer from ${least} to ${most}`,
  read: (text) =>
    /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? Option.some(Number(text))
      : Option.none(),
})

export const oneOf = <const A extends string>(...choices: ReadonlyArray<A>): Kind<A> => ({
  expected: `one of ${choices.join(", ")}`,
  read: (text) => Option.fromNullable(choices.find((choice) => choice === text)),
})

/** Commas between items, blanks around them ignored, each item once. */
export const list = <A>(item: Kind<A>): Kind<ReadonlyArray<A>> => ({
  expected: `a comma-separated list, each item ${item.expected}`,
  read: (text) =>
    Option.map(Option.all(text.split(",").map((part) => item.read(part.trim()))), (items) => [
      ...new Set(items),
    ]),
})

/** Credentials do not belong into an address that is shown: user and password are refused. */
export const url = (protocols: ReadonlyArray<string>, expected: string): Kind<URL> => ({
  expected,
  read: (text) =>
    Option.filter(
      urlOf(text),
      (url) => protocols.includes(url.protocol) && url.username === "" && url.password === "",
    ),
})

/** `https:` anywhere, `http:` only to this machine: keys that travel in the clear can be replaced. */
export const webUrl: Kind<URL> = {
  expected: "an https:// address without credentials (http:// only on loopback)",
  read: (text) =>
    Option.filter(
      url(["https:", "http:"], "").read(text),
      (found) => found.protocol === "https:" || isLoopback(found),
    ),
}

export const origin: Kind<string> = {
  expected: "an exact origin, e.g. https://console.example.com",
  read: Option.liftPredicate((text) =>
    Option.exists(url(["https:", "http:"], "").read(text), (found) => found.origin === text),
  ),
}

export const postgresUrl: Kind<Redacted.Redacted> = {
  expected: "a postgres:// or postgresql:// address",
  read: (text) =>
    urlOf(text).pipe(
      Option.filter(({ protocol }) => protocol === "postgres:" || protocol === "postgresql:"),
      Option.as(Redacted.make(text)),
    ),
}

export const key256: Kind<Redacted.Redacted<Uint8Array>> = {
  expected: "32 random bytes in base64, e.g. from `openssl rand -base64 32`",
  read: (text) =>
    /^[A-Za-z0-9+/]{43}=$/.test(text)
      ? Option.some(Redacted.make(new Uint8Array(Buffer.from(text, "base64"))))
      : Option.none(),
}

export const token: Kind<Redacted.Redacted> = {
  expected: "16 to 256 characters without blanks",
  read: (text) => (/^\S{16,256}$/.test(text) ? Option.some(Redacted.make(text)) : Option.none()),
}

export type Version = readonly [number, number, number]

export const version: Kind<Version> = {
  expected: "three numbers with dots, e.g. 2.3000.1043857760",
  read: (text) => {
    const [, major, minor, patch] = /^(\d{1,4})\.(\d{1,6})\.(\d{1,12})$/.exec(text) ?? []
    return patch === undefined
      ? Option.none()
      : Option.some<Version>([Number(major), Number(minor), Number(patch)])
  },
}

export const isLoopback = ({ hostname }: URL): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname)

const urlOf = (text: string): Option.Option<URL> =>
  URL.canParse(text) ? Option.some(new URL(text)) : Option.none()
