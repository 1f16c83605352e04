/** Fields and their types; of texts that are addresses also which kind. */
export const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => a.localeCompare(b))
    return Object.fromEntries(fields.map(([name, field]) => [name, shapeOf(field)]))
  }
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number"
  const kind = typeof value === "string" ? /@[\w.]+$|^https?:/.exec(value)?.[0] : undefined
  return kind === undefined ? typeof value : kind.replace("http:", "https:")
}
