import { duplicate } from './phases/duplicate.ts'
import { length } from './phases/length.ts'
import { linksHeld, linksRefused } from './phases/links.ts'
import { premoderation } from './phases/premoderation.ts'
import { rate } from './phases/rate.ts'
import { wordsHeld, wordsRefused } from './phases/words.ts'
import { exceptStaff, type Phase } from './pipeline.ts'

/** The policy of every site, in order. */
export const phases: readonly Phase[] = [
  // Blank and overlong texts first, before anything is compared.
  length,
  // Floods before the phases that read the text, which cost most.
  rate,
  // Every phase that refuses a text comes before those that hold one, so that moderators never see a text the site
  // forbids. The sender sees the error and can change the text.
  exceptStaff(linksRefused),
  duplicate,
  exceptStaff(wordsRefused),
  // What a moderator should see, the most specific reason first.
  exceptStaff(wordsHeld),
  exceptStaff(linksHeld),
  // Last, because it says nothing about the text.
  exceptStaff(premoderation),
]
