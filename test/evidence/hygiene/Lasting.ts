/** What a gateway that logs JSON keeps at info: every line but its debug lines. */
export const lasting = (output: string): string =>
  output
    .split("\n")
    .filter((line) => !["DEBUG", "TRACE"].includes(levelOf(line) ?? ""))
    .join("\n")

export const levelOf = (line: string): string | undefined => {
  if (!line.startsWith("{")) return undefined
  try {
    return (JSON.parse(line) as { readonly logLevel?: string }).logLevel
  } catch {
    return undefined
  }
}
