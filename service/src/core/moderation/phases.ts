import { duplicate } from './phases/duplicate.ts'
import { length } from './phases/length.ts'
import { linksHeld, linksRefused } from './phases/links.ts'
import { premoderation } from './phases/premoderation.ts'
import { rate } from './phases/rate.ts'
import { wordsHeld, wordsRefused } from './phases/words.ts'
import { exceptStaff, type Phase } from './pipeline.ts'

/** The policy of every site, in order. */
export const phases: readonly Phase[] = [
  // What is no comment at all, before anything is compared.
  length,
  // Floods, before the phases that read the text: those cost most.
  rate,
  // All refusals about the text come before anything that holds it, so that what waits for a moderator is never
  // something the site forbids. The sender learns of a refusal and can mend the text.
  exceptStaff(linksRefused),
  duplicate,
  exceptStaff(wordsRefused),
  // What a moderator should look at, the most telling reason first.
  exceptStaff(wordsHeld),
  exceptStaff(linksHeld),
  // Last, because it says nothing about the text.
  exceptStaff(premoderation),
]
