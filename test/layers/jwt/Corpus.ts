/** Tokens that no verifier may accept, after RFC 8725 and the attacks it was written for. */
import type { Case } from "./Case.ts"
import { forgeries } from "./Forgeries.ts"
import { misshapen } from "./Misshapen.ts"
import { wrongClaims } from "./WrongClaims.ts"

export const corpus: ReadonlyArray<Case> = [...forgeries, ...misshapen, ...wrongClaims]
