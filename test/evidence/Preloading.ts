/** The NODE_OPTIONS by which a process runs this code before its own: how a control is broken. */
export const preloading = (code: string) =>
  `--import=data:text/javascript,${encodeURIComponent(code)}`
